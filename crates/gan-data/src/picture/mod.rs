//! Pictures to look at: grids of images, scatter plots of points, PNG files and animations.

mod animation;
mod caption;
mod grid;
mod png;
mod scatter;

pub use animation::{
    Animation, AnimationKind, Timing, animation_text, encode_gif, write_animation,
};
pub use grid::{grid, single};
pub use png::{decode_png, encode_png, is_animated_png, png_text};
pub use scatter::{Frame, Layer, SIDE, scatter};

/// An image as bytes: `height` rows of `width` pixels of `channels` values (1 grey, 3 RGB, 4 RGB and
/// alpha).
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Values of a pixel: 1, 3 or 4.
    pub channels: usize,
    /// `height × width × channels` bytes.
    pub bytes: Vec<u8>,
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
