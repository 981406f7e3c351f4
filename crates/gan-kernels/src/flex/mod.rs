//! The kernels on Burn's `flex` backend, from the tensors inwards: `dispatch` takes tensors,
//! `extension` tells Burn about the operations, `backend` and `autodiff` implement them on `flex` and
//! on tracked tensors, and the rest computes on slices.

mod autodiff;
mod backend;
mod conv;
mod dispatch;
mod elementwise;
mod extension;
mod gemm;
mod linear_op;
mod math;
mod out;
mod reduce;
#[cfg(test)]
mod same_bits;
mod simd;
mod storage;
mod threads;

pub(crate) use conv::Convolution;
pub(crate) use dispatch::{
    activate, adam_step, batch_norm, blend, exp, layer, layer_input_gradient, linear,
    linear_input_gradient, log_sigmoid, runs_on, squared_norms,
};
pub(crate) use linear_op::LinearOp;
pub use simd::available as simd_available;
