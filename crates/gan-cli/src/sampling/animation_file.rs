//! Files of animations, by their extension: GIF, APNG and WebP; MP4 where ffmpeg is installed.

use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use gan_data::picture::{Animation, AnimationKind, Picture, write_animation};
use gan_run::NewFile;

use crate::failure::Failure;

/// Pixels of a frame, which is held in memory.
const MAX_PIXELS: usize = 100_000_000;
/// Frames a second that a GIF can have: browsers show what is faster at 10.
const GIF_FPS: f64 = 50.0;

/// What a file that ends like this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Written here.
    Own(AnimationKind),
    /// Written by ffmpeg.
    Mp4,
}

impl Kind {
    /// That of the file at `path`, of an animation of `fps` frames a second.
    ///
    /// # Errors
    /// If there is no such kind, or it is too slow.
    pub fn of(path: &Path, fps: f64) -> Result<Self, Failure> {
        let extension = path.extension().map(|end| end.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("gif") if fps > GIF_FPS => Err(Failure::usage(format!(
                "{fps} frames a second: browsers show GIFs of at most {GIF_FPS} as they are"
            ))
            .hint("a lower --fps, or --out FILE.webp")),
            Some("gif") => Ok(Self::Own(AnimationKind::Gif)),
            Some("png" | "apng") => Ok(Self::Own(AnimationKind::Apng)),
            Some("webp") => Ok(Self::Own(AnimationKind::Webp)),
            Some("mp4") => Ok(Self::Mp4),
            _ => Err(Failure::usage(format!("--out {} is no kind of animation", path.display()))
                .hint("end it in .gif, .png (APNG), .webp, or .mp4 where ffmpeg is installed")),
        }
    }
}

/// Refuses frames that would exhaust memory, before anything is drawn.
///
/// # Errors
/// If they are too large.
pub fn check_size(width: usize, height: usize) -> Result<(), Failure> {
    match width.saturating_mul(height) <= MAX_PIXELS {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "a frame would have {width} × {height} pixels; at most {MAX_PIXELS} are drawn"
        ))
        .hint("a smaller --grid or --scale")),
    }
}

/// Writes the animation to `path`, frame by frame, whole or not at all.
///
/// # Errors
/// If a frame cannot be made, or the file not be written.
pub fn write(
    kind: Kind,
    path: &Path,
    animation: &Animation<'_>,
    frames: impl Iterator<Item = Result<Picture, Failure>>,
) -> Result<(), Failure> {
    let mut file = NewFile::create(path)?;
    match kind {
        Kind::Own(kind) => write_animation(kind, &mut file, animation, frames)?,
        Kind::Mp4 => encode(path, file.aside(), animation, frames)?,
    }
    Ok(file.finish()?)
}

/// Pipes raw frames to ffmpeg, which writes `aside`.
fn encode(
    path: &Path,
    aside: &Path,
    animation: &Animation<'_>,
    frames: impl Iterator<Item = Result<Picture, Failure>>,
) -> Result<(), Failure> {
    let mut ffmpeg: Option<Ffmpeg> = None;
    let mut last = Vec::new();
    for picture in frames {
        let picture = picture?;
        let child = match &mut ffmpeg {
            Some(child) => child,
            None => ffmpeg.insert(Ffmpeg(start(path, aside, animation, &picture)?)),
        };
        last = picture.bytes;
        if !pipe(&mut child.0, &last)? {
            break;
        }
    }
    let Some(Ffmpeg(child)) = &mut ffmpeg else {
        return Err(Failure::new("an animation needs at least one frame"));
    };
    let resting = (animation.timing.rest * animation.timing.fps).round() as usize;
    for _ in 0..resting {
        if !pipe(child, &last)? {
            break;
        }
    }
    drop(child.stdin.take());
    let mut told = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_string(&mut told);
    }
    let status = child.wait().map_err(|error| Failure::new(format!("ffmpeg: {error}")))?;
    match status.success() {
        true => Ok(()),
        false => {
            let why = told.lines().next().unwrap_or("it does not say why").to_owned();
            Err(Failure::new(format!("{}: ffmpeg failed ({status}): {why}", path.display()))
                .hint("--out FILE.webp or FILE.gif needs no other program"))
        }
    }
}

/// Ended with whoever pipes to it: what it would write of half an animation is of no use.
struct Ffmpeg(Child);

impl Drop for Ffmpeg {
    fn drop(&mut self) {
        // Fails where it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(
    path: &Path,
    aside: &Path,
    animation: &Animation<'_>,
    first: &Picture,
) -> Result<Child, Failure> {
    let size = format!("{}x{}", first.width, first.height);
    let pixels = if first.channels == 1 { "gray" } else { "rgb24" };
    let rate = animation.timing.fps.to_string();
    let text = animation.text.iter().map(|(keyword, value)| format!("{keyword}: {value}"));
    let comment = format!("comment={}", text.collect::<Vec<_>>().join("\n"));
    let input = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", &size, "-r", &rate, "-i", "-"];
    // The most players show 4:2:0, whose sides are even.
    let output = ["-an", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"];
    let file = ["-metadata", &comment, "-movflags", "+faststart", "-f", "mp4"];
    Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(input)
        .args(output)
        .args(file)
        .arg(aside)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::new(format!(
                "{}: MP4 is written by ffmpeg, which is not on the path",
                path.display()
            ))
            .hint("install ffmpeg, or end --out in .webp, .png or .gif"),
            _ => Failure::new(format!("ffmpeg: {error}")),
        })
}

/// Whether ffmpeg took the frame; it says itself why not.
fn pipe(child: &mut Child, bytes: &[u8]) -> Result<bool, Failure> {
    let Some(stdin) = &mut child.stdin else { return Ok(false) };
    match stdin.write_all(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::new(format!("ffmpeg: {error}"))),
    }
}
