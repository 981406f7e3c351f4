//! Picture files: PNG with text that says where it came from, and GIF films.

use std::borrow::Cow;
use std::io::Cursor;

use crate::DataError;
use crate::grid::Picture;

/// The bytes of a PNG file; `text` is stored beside the pixels as (keyword, text) pairs.
///
/// # Errors
/// If the picture is empty or a keyword is not 1 to 79 Latin-1 characters.
pub fn encode_png(picture: &Picture, text: &[(&str, String)]) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width as u32, picture.height as u32);
    encoder.set_color(match picture.channels {
        1 => png::ColorType::Grayscale,
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

/// The bytes of a GIF film that shows each frame for `hundredths` of a second and the last one for
/// two seconds, again and again.
///
/// # Errors
/// If there is no frame, or frames differ in size or exceed 65,535 pixels a side.
pub fn encode_gif(frames: &[Picture], hundredths: u16) -> Result<Vec<u8>, DataError> {
    let [first, ..] = frames else {
        return Err(DataError::Picture("a film needs at least one frame".into()));
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
            return Err(DataError::Picture("the frames of a film must have one size".into()));
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
