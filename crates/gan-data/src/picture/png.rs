//! PNG files with text that says where they came from.

use std::io::Cursor;

use super::Picture;
use crate::DataError;

/// The bytes of a PNG file; `text` is stored beside the pixels as (keyword, text) pairs.
///
/// # Errors
/// If the picture is empty or a keyword is not 1 to 79 Latin-1 characters.
pub fn encode_png(picture: &Picture, text: &[(&str, String)]) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width as u32, picture.height as u32);
    encoder.set_color(match picture.channels {
        1 => png::ColorType::Grayscale,
        4 => png::ColorType::Rgba,
        _ => png::ColorType::Rgb,
    });
    encoder.set_depth(png::BitDepth::Eight);
    for (keyword, value) in text {
        encoder.add_text_chunk((*keyword).to_owned(), value.clone()).map_err(unencodable)?;
    }
    let mut writer = encoder.write_header().map_err(unencodable)?;
    writer.write_image_data(&picture.bytes).map_err(unencodable)?;
    writer.finish().map_err(unencodable)?;
    Ok(bytes)
}

/// Whether a PNG file is an animation, which it says before its first pixels.
pub fn is_animated_png(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(64)].windows(4).any(|name| name == b"acTL")
}

/// The (keyword, text) pairs of a PNG file, in their order.
///
/// # Errors
/// If the bytes are no whole PNG file.
pub fn png_text(bytes: &[u8]) -> Result<Vec<(String, String)>, DataError> {
    let not_png =
        |error: png::DecodingError| DataError::Picture(format!("not a whole PNG: {error}"));
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().map_err(not_png)?;
    reader.finish().map_err(not_png)?;
    let chunks = &reader.info().uncompressed_latin1_text;
    Ok(chunks.iter().map(|chunk| (chunk.keyword.clone(), chunk.text.clone())).collect())
}

/// Larger pictures are not opened: nothing here makes them, and a header is quick to lie.
const LARGEST: usize = 1 << 28;

/// The pixels of a PNG file, as 8-bit grey or RGB; transparency is dropped.
///
/// # Errors
/// If the bytes are no whole PNG file.
pub fn decode_png(bytes: &[u8]) -> Result<Picture, DataError> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(not_png)?;
    let size = reader.output_buffer_size().filter(|&size| size <= LARGEST).ok_or_else(|| {
        DataError::Picture(format!("its header promises more than {LARGEST} bytes of pixels"))
    })?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(not_png)?;
    buffer.truncate(frame.buffer_size());
    let (stored, channels) = match frame.color_type {
        png::ColorType::Grayscale => (1, 1),
        png::ColorType::GrayscaleAlpha => (2, 1),
        png::ColorType::Rgb => (3, 3),
        png::ColorType::Rgba | png::ColorType::Indexed => (4, 3),
    };
    let bytes = buffer.chunks_exact(stored).flat_map(|pixel| &pixel[..channels]).copied().collect();
    let (width, height) = (frame.width as usize, frame.height as usize);
    Ok(Picture { width, height, channels, bytes })
}

fn not_png(error: impl std::fmt::Display) -> DataError {
    DataError::Picture(format!("not a whole PNG: {error}"))
}

fn unencodable(error: impl std::fmt::Display) -> DataError {
    DataError::Picture(error.to_string())
}
