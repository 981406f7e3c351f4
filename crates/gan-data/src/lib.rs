//! Images in and out of GAN training.
//!
//! - [`ImageSet`]: images of one size as bytes, with labels where there are any; implements Burn's
//!   [`Dataset`](burn_dataset::Dataset). Comes from [`mnist()`] (embedded) or from files with
//!   [`open()`].
//!   Or points of the plane, which train as images of shape `[2, 1, 1]` do.
//! - [`pixels`]: the one place where bytes become `f32` in `[0, 1]` and back.
//! - [`grid`], [`scatter`], [`picture`]: sample grids, pictures of points, PNG files that know where
//!   they came from, GIF films.
//! - [`write_arrays`]: NumPy files of made data.
//!
//! Images between crates are `f32 [batch, channels, height, width]` in `[0, 1]`.

mod archive;
mod array;
mod error;
pub mod grid;
pub mod idx;
mod image_set;
#[cfg(feature = "mnist")]
mod mnist;
mod npy;
mod open;
pub mod picture;
mod pictures;
pub mod pixels;
pub mod scatter;
pub mod write_arrays;

pub use error::DataError;
pub use image_set::{ImageSet, LabelledImage, Modes};
#[cfg(feature = "mnist")]
pub use mnist::mnist;
pub use open::open;
