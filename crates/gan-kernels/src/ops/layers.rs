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

/// The gradient in a [`linear`] layer's input, `[batch, inputs]`, from the one in its output:
/// (gradient ⊙ φ′) · weightᵀ, with the slope φ′ of the activation read from `output`.
///
/// `gradient` and `output` are `[batch, outputs]`, `weight` is `[inputs, outputs]`. The result can
/// itself be differentiated in `gradient` and `weight`; `output` is a constant to it, because φ″ is
/// 0 wherever a piecewise linear φ has one.
///
/// # Panics
/// With [`Activation::Sigmoid`], whose second derivative is not 0.
pub fn linear_input_gradient(
    gradient: Tensor<2>,
    output: Tensor<2>,
    weight: Tensor<2>,
    activation: Activation,
) -> Tensor<2> {
    assert!(activation != Activation::Sigmoid, "only piecewise linear activations");
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&gradient) && flex::runs_on(&output) && flex::runs_on(&weight) {
        return flex::linear_input_gradient(gradient, output, weight, activation);
    }
    ordinary::linear_input_gradient(gradient, output, weight, activation)
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

/// ‖x‖² of every row, `[batch, 1]`, of `x`, `[batch, width]`.
pub fn squared_norms(x: Tensor<2>) -> Tensor<2> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&x) {
        return flex::squared_norms(x);
    }
    ordinary::squared_norms(x)
}

/// eˣ, of a tensor of any shape.
pub fn exp<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&x) {
        return flex::exp(x);
    }
    ordinary::exp(x)
}
