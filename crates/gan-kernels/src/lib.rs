//! Fused operations for training small networks on the CPU.
//!
//! On Burn's `flex` backend each runs as one kernel with its own derivative, vectorised and shared
//! among threads; on every other backend, and where the processor has no vectors to speak of, its
//! twin in [`ordinary`] tensor operations runs instead. Twin and kernel agree within the rounding
//! of a few additions; a NaN that goes in comes out.
//!
//! The same numbers give the same bits at any number of threads.

mod activation;
mod adam;
mod average;
mod batch_norm;
mod convolution;
#[cfg(not(target_arch = "wasm32"))]
mod flex;
mod layers;
pub mod ordinary;
mod worker;

pub use activation::Activation;
pub use adam::{AdamNumbers, AdamState, adam_step};
pub use average::blend;
pub use batch_norm::{BatchNormed, batch_norm};
pub use convolution::{Window, convolution, convolution_input_gradient, transposed_convolution};
pub use layers::{activate, exp, linear, linear_input_gradient, log_sigmoid, squared_norms};
pub use worker::{both, on_worker};
