//! Images in and out of GAN training.
//!
//! - [`ImageSet`]: images of one size as bytes, with labels where there are any; implements Burn's
//!   [`Dataset`](burn_dataset::Dataset). Comes from [`mnist()`] (embedded) or from files with
//!   [`open()`].
//!   Or points of the plane, which train as images of shape `[2, 1, 1]` do.
//! - [`synth`]: synthetic sets whose modes are known; [`numpy`]: the files that they are written to.
//! - [`pixels`]: the one place where bytes become `f32` in `[0, 1]` and back.
//! - [`picture`]: sample grids, scatter plots, PNG files that know where they came from, GIF
//!   animations.
//!
//! Images between crates are `f32 [batch, channels, height, width]` in `[0, 1]`.

// The example of the README runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
mod files;
mod formats;
mod images;
mod import;
mod inspect;
mod labels;
#[cfg(feature = "mnist-unpack")]
mod mnist;
mod naming;
pub mod numpy;
mod pack;
pub mod picture;
pub mod pixels;
mod report;
mod rule;
pub mod synth;

pub use error::DataError;
pub use images::{ImageSet, LabelledImage, Modes};
pub use import::{OpenOptions, Opened, is_named_picture, open, open_with};
pub use inspect::{Inspection, inspect};
#[cfg(feature = "mnist")]
pub use mnist::mnist;
#[cfg(feature = "mnist-unpack")]
pub use mnist::unpack_mnist;
pub use pack::pack;
pub use report::{Count, Report, Skipped};
pub use rule::{Alpha, Colour, Fit, Rule};
