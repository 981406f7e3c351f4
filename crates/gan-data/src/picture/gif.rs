//! GIF animations.

use std::borrow::Cow;

use super::Picture;
use crate::DataError;

/// The bytes of a GIF animation that shows each frame for `hundredths` of a second and the last one for
/// two seconds, again and again.
///
/// # Errors
/// If there is no frame, or frames differ in size or exceed 65,535 pixels a side.
pub fn encode_gif(frames: &[Picture], hundredths: u16) -> Result<Vec<u8>, DataError> {
    let [first, ..] = frames else {
        return Err(DataError::Picture("an animation needs at least one frame".into()));
    };
    let side = |pixels: usize| {
        u16::try_from(pixels).map_err(|_| {
            DataError::Picture(format!("a GIF has at most 65535 pixels a side, not {pixels}"))
        })
    };
    let (width, height) = (side(first.width)?, side(first.height)?);
    let greys: Vec<u8> = (0..=255).flat_map(|grey| [grey; 3]).collect();
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &greys).map_err(unencodable)?;
    encoder.set_repeat(gif::Repeat::Infinite).map_err(unencodable)?;
    for (index, picture) in frames.iter().enumerate() {
        if (picture.width, picture.height) != (first.width, first.height) {
            return Err(DataError::Picture("the frames of an animation must have one size".into()));
        }
        let mut frame = match picture.channels {
            // The bytes of a grey picture are indices into the palette of greys.
            1 => gif::Frame {
                width,
                height,
                buffer: Cow::Borrowed(&picture.bytes),
                ..gif::Frame::default()
            },
            _ => gif::Frame::from_rgb_speed(width, height, &picture.bytes, 10),
        };
        frame.delay = if index + 1 == frames.len() { 200 } else { hundredths };
        encoder.write_frame(&frame).map_err(unencodable)?;
    }
    drop(encoder);
    Ok(bytes)
}

fn unencodable(error: impl std::fmt::Display) -> DataError {
    DataError::Picture(error.to_string())
}
