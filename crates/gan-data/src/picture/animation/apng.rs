//! APNG: PNG with frames after the first.

use std::io::Write;

use super::{Animation, Picture, side, unencodable};
use crate::DataError;

/// Units of a second that a frame is shown for.
const UNITS: u16 = 1000;

pub(super) fn write<E: From<DataError>>(
    out: impl Write,
    animation: &Animation<'_>,
    first: Picture,
    rest: impl Iterator<Item = Result<Picture, E>>,
) -> Result<(), E> {
    let limit = i32::MAX as usize;
    let [width, height] = [side("a PNG", first.width, limit)?, side("a PNG", first.height, limit)?];
    let mut encoder = png::Encoder::new(out, width, height);
    encoder.set_color(match first.channels {
        1 => png::ColorType::Grayscale,
        4 => png::ColorType::Rgba,
        _ => png::ColorType::Rgb,
    });
    encoder.set_depth(png::BitDepth::Eight);
    let frames = u32::try_from(animation.frames).unwrap_or(u32::MAX);
    encoder.set_animated(frames, 0).map_err(unencodable)?;
    for (keyword, value) in animation.text {
        encoder.add_text_chunk((*keyword).to_owned(), value.clone()).map_err(unencodable)?;
    }
    let mut writer = encoder.write_header().map_err(unencodable)?;
    for (index, picture) in std::iter::once(Ok(first)).chain(rest).enumerate() {
        let picture = picture?;
        let shown = animation.timing.duration(index, animation.frames, f64::from(UNITS));
        let shown = u16::try_from(shown).unwrap_or(u16::MAX);
        writer.set_frame_delay(shown, UNITS).map_err(unencodable)?;
        writer.write_image_data(&picture.bytes).map_err(unencodable)?;
    }
    Ok(writer.finish().map_err(unencodable)?)
}
