//! Animations: pictures one after the other, written frame by frame.

mod apng;
mod gif;
mod text;
mod webp;

use std::io::{Seek, Write};

use super::Picture;
use crate::DataError;

pub use text::animation_text;

/// A kind of file that animations are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnimationKind {
    /// GIF: shown everywhere; at most 256 colours a frame, and 50 frames a second.
    Gif,
    /// APNG: every pixel as it is; shown by browsers, and as its first frame elsewhere.
    Apng,
    /// WebP without loss: every pixel as it is; smaller, shown by browsers.
    Webp,
}

/// What is to be known of an animation before its first frame.
#[derive(Clone, Debug)]
pub struct Animation<'a> {
    /// How many frames it has, at least one.
    pub frames: usize,
    /// How fast they follow each other.
    pub timing: Timing,
    /// Where it comes from: keywords and texts, which [`animation_text`] finds again.
    pub text: &'a [(&'a str, String)],
}

/// When frames are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Frames a second, above 0.
    pub fps: f64,
    /// Seconds that the last frame stays longer than the others, before the first is shown again.
    pub rest: f64,
}

impl Timing {
    /// How long frame `index` of `frames` is shown, in units of which a second has `units`. Rounded
    /// such that all of them together take as long as they should.
    pub fn duration(&self, index: usize, frames: usize, units: f64) -> u64 {
        let start = |index: usize| (index as f64 / self.fps * units).round();
        let rest = if index + 1 == frames { self.rest * units } else { 0.0 };
        (start(index + 1) - start(index) + rest).round() as u64
    }
}

/// Writes `frames` to `out` as they come, to be shown again and again.
///
/// # Errors
/// If a frame is an error, or they are more or fewer than promised, differ in size, or are larger than the
/// format allows; or if `out` fails.
pub fn write_animation<E: From<DataError>>(
    kind: AnimationKind,
    out: impl Write + Seek,
    animation: &Animation<'_>,
    frames: impl IntoIterator<Item = Result<Picture, E>>,
) -> Result<(), E> {
    let mut frames = Checked { frames: frames.into_iter(), size: None, count: 0 };
    let first = frames.next().unwrap_or_else(|| {
        Err(DataError::Picture("an animation needs at least one frame".into()).into())
    })?;
    match kind {
        AnimationKind::Gif => gif::write(out, animation, first, &mut frames)?,
        AnimationKind::Apng => apng::write(out, animation, first, &mut frames)?,
        AnimationKind::Webp => webp::write(out, animation, first, &mut frames)?,
    }
    match frames.count == animation.frames {
        true => Ok(()),
        false => Err(DataError::Picture(format!(
            "an animation of {} frames was to have {}",
            frames.count, animation.frames
        ))
        .into()),
    }
}

/// The bytes of a GIF animation that shows each frame for `hundredths` of a second and the last one for
/// two seconds, again and again.
///
/// # Errors
/// If there is no frame, or frames differ in size or exceed 65,535 pixels a side.
pub fn encode_gif(frames: &[Picture], hundredths: u16) -> Result<Vec<u8>, DataError> {
    let shown = f64::from(hundredths) / 100.0;
    let timing = Timing { fps: 1.0 / shown, rest: 2.0 - shown };
    let animation = Animation { frames: frames.len(), timing, text: &[] };
    let mut out = std::io::Cursor::new(Vec::new());
    let frames = frames.iter().cloned().map(Ok::<_, DataError>);
    write_animation(AnimationKind::Gif, &mut out, &animation, frames)?;
    Ok(out.into_inner())
}

/// Frames of one size, counted.
struct Checked<I> {
    frames: I,
    size: Option<[usize; 3]>,
    count: usize,
}

impl<E: From<DataError>, I: Iterator<Item = Result<Picture, E>>> Iterator for Checked<I> {
    type Item = Result<Picture, E>;

    fn next(&mut self) -> Option<Self::Item> {
        let frame = self.frames.next()?;
        self.count += 1;
        Some(frame.and_then(|picture| {
            let size = [picture.width, picture.height, picture.channels];
            match *self.size.get_or_insert(size) == size {
                true => Ok(picture),
                false => {
                    Err(DataError::Picture("the frames of an animation must have one size".into())
                        .into())
                }
            }
        }))
    }
}

/// A side of a frame as a format of at most `limit` pixels a side has it.
fn side(format: &str, pixels: usize, limit: usize) -> Result<u32, DataError> {
    match u32::try_from(pixels) {
        Ok(side) if pixels <= limit => Ok(side),
        _ => Err(DataError::Picture(format!(
            "{format} has at most {limit} pixels a side, not {pixels}"
        ))),
    }
}

fn unencodable(error: impl std::fmt::Display) -> DataError {
    DataError::Picture(error.to_string())
}
