//! Pictures: PNG, JPEG, WebP, GIF, BMP and TIFF, decoded by the `image` crate.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::picture::Picture;

/// Longer sides are refused.
const MAX_SIDE: u32 = 1 << 15;
/// Pictures of more pixels are refused (8192 × 8192).
const MAX_PIXELS: u64 = 1 << 26;
/// What a decoder may hold at once.
const MAX_DECODER_BYTES: u64 = 1 << 30;
/// Pictures of so many pixels are decoded one at a time, whatever the number of threads.
const LARGE_PIXELS: u64 = 1 << 22;

/// Held while a large picture is decoded.
static LARGE: Mutex<()> = Mutex::new(());

/// A decoded picture of 1, 3 or 4 channels of 8 bits, and what was done to get it.
pub(crate) struct Decoded {
    pub(crate) picture: Picture,
    pub(crate) rotated: bool,
    pub(crate) scaled_from_16_bit: bool,
    pub(crate) animated: bool,
}

/// `[height, width]` of the picture in `bytes`, after the rotation that its EXIF data asks for.
pub(crate) fn size(bytes: &[u8], format: ImageFormat) -> Result<[usize; 2], String> {
    caught(|| read_size(bytes, format))
}

fn read_size(bytes: &[u8], format: ImageFormat) -> Result<[usize; 2], String> {
    let mut decoder = decoder(bytes, format)?;
    let (width, height) = decoder.dimensions();
    let turned = matches!(
        orientation(&mut decoder),
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let (width, height) = (width as usize, height as usize);
    Ok(if turned { [width, height] } else { [height, width] })
}

/// A decoder that panics, as it must not, costs one picture.
fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("its decoder gave up".into()))
}

/// The picture in `bytes`: the first frame of an animation, rotated as its EXIF data asks, 16 bits
/// a value scaled to 8. Colour profiles are not applied.
pub(crate) fn decode(bytes: &[u8], format: ImageFormat) -> Result<Decoded, String> {
    caught(|| read_picture(bytes, format))
}

fn read_picture(bytes: &[u8], format: ImageFormat) -> Result<Decoded, String> {
    if format == ImageFormat::Jpeg && !has_jpeg_end(bytes) {
        return Err("cut short: a JPEG without its end".into());
    }
    let mut decoder = decoder(bytes, format)?;
    let (width, height) = decoder.dimensions();
    let _one_at_a_time = (u64::from(width) * u64::from(height) >= LARGE_PIXELS)
        .then(|| LARGE.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    let orientation = orientation(&mut decoder);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| error.to_string())?;
    image.apply_orientation(orientation);
    let colour = image.color();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let (channels, bytes_of_picture) = match (colour.has_color(), colour.has_alpha()) {
        (false, false) => (1, image.into_luma8().into_raw()),
        (true, false) => (3, image.into_rgb8().into_raw()),
        (_, true) => (4, image.into_rgba8().into_raw()),
    };
    Ok(Decoded {
        picture: Picture { width, height, channels, bytes: bytes_of_picture },
        rotated: orientation != Orientation::NoTransforms,
        scaled_from_16_bit: colour.bytes_per_pixel() > colour.channel_count(),
        animated: is_animated(bytes, format),
    })
}

/// A decoder that has read the header, which is within the limits.
fn decoder(bytes: &[u8], format: ImageFormat) -> Result<impl ImageDecoder + '_, String> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions();
    match u64::from(width) * u64::from(height) {
        0 => Err(format!("{width} × {height} pixels: there is nothing to see")),
        1..=MAX_PIXELS => Ok(decoder),
        _ => Err(format!("{width} × {height} pixels; at most {MAX_PIXELS} are decoded")),
    }
}

/// Damaged EXIF data rotates nothing.
fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

/// Whether the marker that ends a JPEG stands behind its last scan: decoders fill up what is
/// missing with grey, and say nothing.
fn has_jpeg_end(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
    last(0xd9) > last(0xda)
}

/// Whether the file says that it has several frames.
fn is_animated(bytes: &[u8], format: ImageFormat) -> bool {
    let mark: &[u8] = match format {
        ImageFormat::Png => b"acTL",
        ImageFormat::Gif => b"NETSCAPE2.0",
        ImageFormat::WebP => b"ANMF",
        _ => return false,
    };
    let beginning = &bytes[..bytes.len().min(1 << 12)];
    beginning.windows(mark.len()).any(|window| window == mark)
}
