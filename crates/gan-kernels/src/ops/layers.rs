//! Layers of vectors, their input gradients, and functions of single values.

use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use gan_collective::Collective;

use crate::activation::Activation;
use crate::batch_norm::BatchNormed;
use crate::{flex, reference};

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
    if flex::runs_on(&x) && flex::runs_on(&weight) && flex::runs_on(&bias) {
        return flex::linear(x, weight, bias, activation);
    }
    reference::linear(x, weight, bias, activation)
}

/// The gradient in a [`linear`] layer's input, `[batch, inputs]`, from the one in its output:
/// (gradient ⊙ φ′) · weightᵀ, with the activation's derivative φ′ read from `output`.
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
    if flex::runs_on(&gradient) && flex::runs_on(&output) && flex::runs_on(&weight) {
        return flex::linear_input_gradient(gradient, output, weight, activation);
    }
    reference::linear_input_gradient(gradient, output, weight, activation)
}

/// An activation alone, of a tensor of any shape.
pub fn activate<const D: usize>(x: Tensor<D>, activation: Activation) -> Tensor<D> {
    if flex::runs_on(&x) {
        return flex::activate(x, activation);
    }
    reference::activate(x, activation)
}

/// log σ(x) = −softplus(−x), of a tensor of any shape; finite for every finite x.
pub fn log_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if flex::runs_on(&x) {
        return flex::log_sigmoid(x);
    }
    reference::log_sigmoid(x)
}

/// ‖x‖² of every row, `[batch, 1]`, of `x`, `[batch, width]`.
pub fn squared_norms(x: Tensor<2>) -> Tensor<2> {
    if flex::runs_on(&x) {
        return flex::squared_norms(x);
    }
    reference::squared_norms(x)
}

/// eˣ, of a tensor of any shape.
pub fn exp<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if flex::runs_on(&x) {
        return flex::exp(x);
    }
    reference::exp(x)
}

/// Batch norm in training (Ioffe and Szegedy 2015, Algorithm 1): γ · (x − mean) / √(variance + ε) + β,
/// with the mean and the variance of each column of `x`, `[rows, columns]`; `gamma` and `beta` are
/// `[columns]`.
pub fn batch_norm(x: Tensor<2>, gamma: Tensor<1>, beta: Tensor<1>, epsilon: f64) -> BatchNormed {
    if flex::runs_on(&x) && flex::runs_on(&gamma) && flex::runs_on(&beta) {
        return flex::batch_norm(x, gamma, beta, epsilon, None);
    }
    reference::batch_norm(x, gamma, beta, epsilon)
}

/// [`batch_norm`] with the mean and the variance over the rows of all `ranks`, as many on each: of the whole
/// batch that they train on together. The derivative sums over all of them too, so every rank goes backward
/// through it at the same time. `None` where [`shares_batch_norm`] says that the device cannot.
pub fn batch_norm_among(
    x: Tensor<2>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
    ranks: &Arc<dyn Collective>,
) -> Option<BatchNormed> {
    flex::runs_on(&x).then(|| flex::batch_norm(x, gamma, beta, epsilon, Some(ranks.clone())))
}

/// Whether [`batch_norm_among`] works on `device`: on `flex`, on a processor with vectors. Elsewhere nothing
/// reaches into the backward pass.
pub fn shares_batch_norm(device: &Device) -> bool {
    flex::simd_available() && *device == Device::flex()
}
