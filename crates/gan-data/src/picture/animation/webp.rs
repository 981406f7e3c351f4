//! WebP: each frame is an image that `image` encodes; the chunks around them are written here, after
//! <https://developers.google.com/speed/webp/docs/riff_container>.

use std::io::{Seek, SeekFrom, Write};

use image::ExtendedColorType;
use image::codecs::webp::WebPEncoder;

use super::{Animation, Picture, side, text, unencodable};
use crate::DataError;

/// Pixels of a side, at most.
const LIMIT: usize = 16_384;
/// Flags of the file.
const HAS_ALPHA: u8 = 0x10;
const HAS_XMP: u8 = 0x04;
const IS_ANIMATED: u8 = 0x02;
/// Flag of a frame: it replaces what was there.
const DO_NOT_BLEND: u8 = 0x02;
/// Bytes before the first chunk of a file of one image: `RIFF`, size, `WEBP`.
const HEADER: usize = 12;

pub(super) fn write<E: From<DataError>>(
    mut out: impl Write + Seek,
    animation: &Animation<'_>,
    first: Picture,
    rest: impl Iterator<Item = Result<Picture, E>>,
) -> Result<(), E> {
    let width = side("a WebP", first.width, LIMIT)?;
    let height = side("a WebP", first.height, LIMIT)?;
    let has_text = !animation.text.is_empty();
    let has_alpha = first.channels == 4;
    let flags =
        IS_ANIMATED | if has_text { HAS_XMP } else { 0 } | if has_alpha { HAS_ALPHA } else { 0 };
    let size = [low_24(width - 1), low_24(height - 1)].concat();
    // The size of the file is not known yet.
    out.write_all(b"RIFF\0\0\0\0WEBP").map_err(unencodable)?;
    chunk(&mut out, b"VP8X", &[&[flags, 0, 0, 0], &size[..]].concat())?;
    // Background black; shown again and again.
    chunk(&mut out, b"ANIM", &[0; 6])?;
    for (index, picture) in std::iter::once(Ok(first)).chain(rest).enumerate() {
        let image = encoded(&picture?)?;
        let milliseconds = animation.timing.duration(index, animation.frames, 1000.0);
        let shown = low_24(u32::try_from(milliseconds).unwrap_or(u32::MAX).min((1 << 24) - 1));
        let frame = [&[0; 6], &size[..], &shown, &[DO_NOT_BLEND], &image].concat();
        chunk(&mut out, b"ANMF", &frame)?;
    }
    if has_text {
        chunk(&mut out, b"XMP ", text::as_xmp(animation.text).as_bytes())?;
    }
    let end = out.stream_position().map_err(unencodable)?;
    let size = u32::try_from(end - 8)
        .map_err(|_| DataError::Picture("a WebP has at most 4 GiB: fewer frames".into()))?;
    out.seek(SeekFrom::Start(4)).map_err(unencodable)?;
    out.write_all(&size.to_le_bytes()).map_err(unencodable)?;
    out.seek(SeekFrom::End(0)).map_err(unencodable)?;
    Ok(())
}

/// The chunk of one image.
fn encoded(picture: &Picture) -> Result<Vec<u8>, DataError> {
    let mut file = Vec::new();
    let colour = match picture.channels {
        1 => ExtendedColorType::L8,
        4 => ExtendedColorType::Rgba8,
        _ => ExtendedColorType::Rgb8,
    };
    WebPEncoder::new_lossless(&mut file)
        .encode(&picture.bytes, picture.width as u32, picture.height as u32, colour)
        .map_err(unencodable)?;
    Ok(file.split_off(HEADER))
}

fn chunk(out: &mut impl Write, name: &[u8; 4], content: &[u8]) -> Result<(), DataError> {
    let size = u32::try_from(content.len()).map_err(unencodable)?;
    let padding: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
    for part in [&name[..], &size.to_le_bytes(), content, padding] {
        out.write_all(part).map_err(unencodable)?;
    }
    Ok(())
}

fn low_24(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}
