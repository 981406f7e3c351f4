//! Images in and out of GAN training.
//!
//! - [`ImageSet`]: images of one size as bytes, with labels where there are any; implements Burn's
//!   [`Dataset`](burn_dataset::Dataset). Comes from [`mnist()`] (embedded) or from files with
//!   [`open()`].
//! - [`pixels`]: the one place where bytes become `f32` in `[0, 1]` and back.
//! - [`grid`], [`picture`]: sample grids, PNG files that know where they came from, GIF films.
//!
//! Images between crates are `f32 [batch, channels, height, width]` in `[0, 1]`.

mod archive;
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

pub use error::DataError;
pub use image_set::{ImageSet, LabelledImage};
#[cfg(feature = "mnist")]
pub use mnist::mnist;
pub use open::open;
