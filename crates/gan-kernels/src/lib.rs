//! Fused operations for training small networks on the CPU.
//!
//! On Burn's `flex` backend each runs as one kernel with its own derivative, vectorised and shared
//! among threads; on every other backend, and where the processor lacks the vector instructions, its
//! [`mod@reference`] in ordinary tensor operations runs instead. Kernel and reference agree within the
//! rounding of a few additions; a NaN that goes in comes out.
//!
//! The same values give the same bits at any number of threads.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod activation;
mod adam;
mod batch_norm;
mod flex;
mod ops;
mod pool;
pub mod reference;
mod window;

pub use activation::Activation;
pub use adam::{AdamCoefficients, AdamState};
pub use batch_norm::BatchNormed;
pub use flex::simd_available;
pub use ops::{
    activate, adam_step, batch_norm, batch_norm_among, blend, convolution,
    convolution_input_gradient, exp, linear, linear_input_gradient, log_sigmoid, shares_batch_norm,
    squared_norms, transposed_convolution,
};
pub use pool::{join, with_pool_awake};
pub use window::Window;
