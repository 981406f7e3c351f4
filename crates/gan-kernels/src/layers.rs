//! The operations: the kernel where it runs, the twin elsewhere.

use burn::tensor::Tensor;

#[cfg(not(target_arch = "wasm32"))]
use crate::flex;
use crate::{Activation, ordinary};

/// A layer: `activation(x · weight + bias)`, `[batch, outputs]`.
///
/// `x` is `[batch, inputs]`, `weight` `[inputs, outputs]` and `bias` `[outputs]`. Gradients are
/// computed for those of the three that are tracked, and no others.
pub fn linear(
    x: Tensor<2>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<2> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&x) && flex::runs_on(&weight) && flex::runs_on(&bias) {
        return flex::linear(x, weight, bias, activation);
    }
    ordinary::linear(x, weight, bias, activation)
}

/// An activation alone, of a tensor of any shape.
pub fn activate<const D: usize>(x: Tensor<D>, activation: Activation) -> Tensor<D> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&x) {
        return flex::activate(x, activation);
    }
    ordinary::activate(x, activation)
}

/// log σ(x) = −softplus(−x), of a tensor of any shape; finite for every finite x.
pub fn log_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&x) {
        return flex::log_sigmoid(x);
    }
    ordinary::log_sigmoid(x)
}

/// eˣ, of a tensor of any shape.
pub fn exp<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&x) {
        return flex::exp(x);
    }
    ordinary::exp(x)
}
