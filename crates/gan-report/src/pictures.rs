//! The pictures of a page: inside of it, or beside it.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gan_run::RunDir;
use serde::Serialize;

/// Bytes of pictures in one page; as text they take a third more. Reports stay below 5 MB.
const MAX_BYTES: u64 = 3_200_000;
/// Grids of one run in a page: more are not told apart on a slider.
const MAX_FRAMES: usize = 121;

/// Where a page has its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// Inside of it: the page is one file.
    Inside,
    /// Below `/runs/NAME/` of the server that sends the page.
    Beside,
}

/// The grid of the fixed latents at a step.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// Steps taken.
    pub step: u64,
    /// What `img` has as its source.
    pub src: String,
}

/// The grids of `run` over its training: the first, the last, and as many evenly spaced ones in
/// between as a page of `runs` runs has room for.
pub fn frames(run: &RunDir, pictures: Pictures, runs: usize) -> Vec<Frame> {
    let files = run.fakes();
    let sizes = files.iter().map(|(_, path)| path.metadata().map_or(0, |file| file.len()));
    let largest = sizes.max().unwrap_or(0).max(1);
    let room = match pictures {
        Pictures::Inside => (MAX_BYTES / runs as u64 / largest) as usize,
        Pictures::Beside => MAX_FRAMES,
    };
    let chosen = evenly(files.len(), room.clamp(2, MAX_FRAMES));
    chosen
        .into_iter()
        .filter_map(|i| {
            let (step, path) = &files[i];
            Some(Frame { step: *step, src: source(run, path, pictures)? })
        })
        .collect()
}

/// The picture called `name` of `run`, if there is one.
pub fn picture(run: &RunDir, name: &str, pictures: Pictures) -> Option<String> {
    let path = run.file(name);
    let size = path.metadata().ok().filter(|file| file.is_file())?.len();
    (size <= MAX_BYTES / 4).then(|| source(run, &path, pictures))?
}

fn source(run: &RunDir, path: &Path, pictures: Pictures) -> Option<String> {
    match pictures {
        Pictures::Inside => {
            let bytes = std::fs::read(path).ok()?;
            Some(format!("data:image/png;base64,{}", STANDARD.encode(bytes)))
        }
        Pictures::Beside => {
            let name = path.file_name()?.to_str()?;
            let modified = path.metadata().ok()?.modified().ok()?;
            let since = modified.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis();
            Some(format!("/runs/{}/{name}?{since}", encoded(&run.name())))
        }
    }
}

/// `text` as one segment of a URL.
pub fn encoded(text: &str) -> String {
    let mut url = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => url.push(byte as char),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

/// At most `most` of `0..count`, evenly spaced, with both ends.
fn evenly(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    (0..most).map(|i| i * (count - 1) / (most - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_evenly_spaced_with_both_ends() {
        assert_eq!(evenly(3, 5), [0, 1, 2]);
        assert_eq!(evenly(101, 5), [0, 25, 50, 75, 100]);
        assert_eq!(evenly(0, 5), [0; 0]);
    }

    #[test]
    fn names_become_one_segment_of_a_url() {
        assert_eq!(encoded("00000-tutorial-mnist"), "00000-tutorial-mnist");
        assert_eq!(encoded("a/../b é"), "a%2F..%2Fb%20%C3%A9");
    }
}
