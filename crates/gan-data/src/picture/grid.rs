//! Grids: many images side by side in one.

use burn::tensor::Tensor;

use super::Picture;
use crate::pixels;

/// `images`, `[count, channels, height, width]`, in rows of `columns`, filled up with black. Images with
/// alpha (four channels) are shown on white.
///
/// # Panics
/// If `columns` is 0, or the images have neither 1, 3 nor 4 channels.
pub fn grid(images: Tensor<4>, columns: usize) -> Picture {
    let images = match images.dims()[1] {
        4 => on_white(images),
        _ => images,
    };
    assert!(columns > 0, "a grid has at least one column");
    tiled(images, columns)
}

/// One image, `[1, channels, height, width]`, as it is: with its alpha, if it has four channels.
///
/// # Panics
/// If the image has neither 1, 3 nor 4 channels, or there are several.
pub fn single(image: Tensor<4>) -> Picture {
    assert_eq!(image.dims()[0], 1, "one image");
    tiled(image, 1)
}

fn tiled(images: Tensor<4>, columns: usize) -> Picture {
    let [count, channels, height, width] = images.dims();
    assert!(matches!(channels, 1 | 3 | 4), "images of {channels} channels have no colours");
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

/// Images of four channels, the last of which is alpha, laid on white: `[count, 3, height, width]`.
fn on_white(images: Tensor<4>) -> Tensor<4> {
    let colour = images.clone().narrow(1, 0, 3);
    let alpha = images.narrow(1, 3, 1);
    (colour - 1.0) * alpha + 1.0
}
