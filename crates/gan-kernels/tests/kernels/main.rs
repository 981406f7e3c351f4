//! What the kernels promise.

mod adam;
mod batch_norm;
mod convolution;
mod elementwise;
mod linear;
mod numbers;
mod same_bits;
