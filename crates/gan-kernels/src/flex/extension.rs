//! The operations as a backend extension: Burn finds the backend behind a tensor, and whether it is
//! tracked, and calls the implementation.

use std::sync::Arc;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, backend_extension};

use gan_collective::Collective;

use super::linear_op::LinearOp;
use crate::activation::Activation;
use crate::adam::AdamCoefficients;

/// Operations with a derivative of their own.
#[backend_extension(Flex, Autodiff)]
pub trait Kernels: Backend {
    /// See [`layer`](super::layer).
    fn gan_layer(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        op: LinearOp,
        activation: Activation,
    ) -> FloatTensor<Self>;

    /// See [`layer_input_gradient`](super::layer_input_gradient).
    fn gan_layer_input_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        op: LinearOp,
        activation: Activation,
    ) -> FloatTensor<Self>;

    /// See [`activate`](crate::activate).
    fn gan_activate(x: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self>;

    /// See [`log_sigmoid`](crate::log_sigmoid).
    fn gan_log_sigmoid(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`squared_norms`](crate::squared_norms).
    fn gan_squared_norms(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`exp`](crate::exp).
    fn gan_exp(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// Mean and variance of each column, never tracked.
    fn gan_column_moments(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// See [`batch_norm`](crate::batch_norm); its derivative takes `mean` and `variance` for those of `x`, or
    /// for those of the `x` of all `ranks`.
    fn gan_batch_norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        epsilon: f64,
        ranks: Option<Arc<dyn Collective>>,
    ) -> FloatTensor<Self>;
}

/// Operations on tensors that are never tracked.
#[backend_extension(Flex)]
pub trait UntrackedKernels: Backend {
    /// See [`adam_step`](crate::adam_step); gives parameter and moments.
    fn gan_adam_step(
        parameter: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        moment_1: FloatTensor<Self>,
        moment_2: FloatTensor<Self>,
        coefficients: AdamCoefficients,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// See [`blend`](crate::blend).
    fn gan_blend(
        average: FloatTensor<Self>,
        value: FloatTensor<Self>,
        decay: f64,
    ) -> FloatTensor<Self>;
}
