//! GIF.

use std::borrow::Cow;
use std::io::Write;

use super::{Animation, Picture, side, text, unencodable};
use crate::DataError;

pub(super) fn write<E: From<DataError>>(
    out: impl Write,
    animation: &Animation<'_>,
    first: Picture,
    rest: impl Iterator<Item = Result<Picture, E>>,
) -> Result<(), E> {
    let limit = usize::from(u16::MAX);
    let [width, height] = [side("a GIF", first.width, limit)?, side("a GIF", first.height, limit)?];
    let [width, height] = [width as u16, height as u16];
    let greys: Vec<u8> = (0..=255).flat_map(|grey| [grey; 3]).collect();
    let mut encoder = gif::Encoder::new(out, width, height, &greys).map_err(unencodable)?;
    encoder.set_repeat(gif::Repeat::Infinite).map_err(unencodable)?;
    if !animation.text.is_empty() {
        let comment = text::as_lines(animation.text);
        let kind = gif::Extension::Comment.into();
        encoder.write_raw_extension(kind, &[comment.as_bytes()]).map_err(unencodable)?;
    }
    for (index, picture) in std::iter::once(Ok(first)).chain(rest).enumerate() {
        let picture = picture?;
        let mut frame = match picture.channels {
            // The bytes of a grey picture are indices into the palette of greys.
            1 => gif::Frame {
                width,
                height,
                buffer: Cow::Borrowed(&picture.bytes),
                ..gif::Frame::default()
            },
            // A pixel of a GIF is there or it is not.
            4 => gif::Frame {
                dispose: gif::DisposalMethod::Background,
                ..gif::Frame::from_rgba_speed(width, height, &mut halved(&picture.bytes), 10)
            },
            _ => gif::Frame::from_rgb_speed(width, height, &picture.bytes, 10),
        };
        let hundredths = animation.timing.duration(index, animation.frames, 100.0);
        frame.delay = u16::try_from(hundredths).unwrap_or(u16::MAX);
        encoder.write_frame(&frame).map_err(unencodable)?;
    }
    Ok(())
}

/// Pixels of four values, each wholly opaque or wholly transparent, whichever is nearer.
fn halved(bytes: &[u8]) -> Vec<u8> {
    let pixels = bytes.as_chunks::<4>().0.iter();
    let halved = pixels.flat_map(|&[red, green, blue, alpha]| match alpha {
        0..128 => [0; 4],
        128.. => [red, green, blue, 255],
    });
    halved.collect()
}
