//! Grids: many images side by side in one.

use burn::tensor::Tensor;

use crate::pixels;

/// An image as bytes: `height` rows of `width` pixels of `channels` values (1 grey, 3 RGB).
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Values of a pixel: 1 or 3.
    pub channels: usize,
    /// `height × width × channels` bytes.
    pub bytes: Vec<u8>,
}

/// `images`, `[count, channels, height, width]`, in rows of `columns`, filled up with black.
///
/// # Panics
/// If `columns` is 0 or the images are neither grey nor RGB.
pub fn grid(images: Tensor<4>, columns: usize) -> Picture {
    let [count, channels, height, width] = images.dims();
    assert!(columns > 0, "a grid has at least one column");
    assert!(matches!(channels, 1 | 3), "images are grey or RGB, these have {channels} channels");
    let rows = count.div_ceil(columns);
    let tiles = pixels::tensor_to_bytes(images);
    let row_bytes = columns * width * channels;
    let mut bytes = vec![0; rows * height * row_bytes];
    for (index, tile) in tiles.chunks_exact(channels * height * width).enumerate() {
        let (top, left) = (index / columns * height, index % columns * width);
        for y in 0..height {
            for x in 0..width {
                for c in 0..channels {
                    // From planes (all of red, all of green, …) to pixels.
                    bytes[(top + y) * row_bytes + (left + x) * channels + c] =
                        tile[(c * height + y) * width + x];
                }
            }
        }
    }
    Picture { width: columns * width, height: rows * height, channels, bytes }
}

impl Picture {
    /// Each pixel as a square of `factor × factor`: small images are hard to see on large screens.
    pub fn enlarged(&self, factor: usize) -> Picture {
        let (width, height) = (self.width * factor, self.height * factor);
        let mut bytes = Vec::with_capacity(width * height * self.channels);
        for y in 0..height {
            for x in 0..width {
                let pixel = (y / factor * self.width + x / factor) * self.channels;
                bytes.extend_from_slice(&self.bytes[pixel..pixel + self.channels]);
            }
        }
        Picture { width, height, channels: self.channels, bytes }
    }
}
