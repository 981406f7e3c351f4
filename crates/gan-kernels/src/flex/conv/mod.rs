//! Convolutions as products of windows.

mod convolution;
mod fold;
mod padded;

pub(crate) use convolution::{Convolution, PaddedInput};
