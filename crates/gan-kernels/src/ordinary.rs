//! The twins: the same operations, made of ordinary ones. They run on every backend.

use burn::tensor::{Tensor, activation};

use crate::{Activation, AdamNumbers, AdamState};

/// See [`linear`](crate::linear).
pub fn linear(
    x: Tensor<2>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<2> {
    activate(x.matmul(weight) + bias.unsqueeze(), activation)
}

/// See [`activate`](crate::activate).
pub fn activate<const D: usize>(x: Tensor<D>, activation: Activation) -> Tensor<D> {
    match activation {
        Activation::Identity => x,
        Activation::Relu => activation::relu(x),
        Activation::LeakyRelu(slope) => activation::leaky_relu(x, f64::from(slope)),
        Activation::Sigmoid => activation::sigmoid(x),
    }
}

/// See [`linear_input_gradient`](crate::linear_input_gradient).
pub fn linear_input_gradient(
    gradient: Tensor<2>,
    output: Tensor<2>,
    weight: Tensor<2>,
    activation: Activation,
) -> Tensor<2> {
    let positive = || output.greater_elem(0.0).float();
    let gradient = match activation {
        Activation::Relu => gradient * positive(),
        Activation::LeakyRelu(slope) => {
            gradient * positive().mul_scalar(1.0 - slope).add_scalar(slope)
        }
        _ => gradient,
    };
    gradient.matmul(weight.transpose())
}

/// See [`log_sigmoid`](crate::log_sigmoid).
pub fn log_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    activation::log_sigmoid(x)
}

/// See [`exp`](crate::exp).
pub fn exp<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.exp()
}

/// See [`adam_step`](crate::adam_step).
pub fn adam_step<const D: usize>(
    state: AdamState<D>,
    gradient: Tensor<D>,
    numbers: AdamNumbers,
) -> AdamState<D> {
    let AdamNumbers { beta_1, beta_2, step_size, epsilon } = numbers;
    let new_1 = gradient.clone().mul_scalar(1.0 - beta_1);
    let new_2 = gradient.square().mul_scalar(1.0 - beta_2);
    let moment_1 = state.moment_1.mul_scalar(beta_1) + new_1;
    let moment_2 = state.moment_2.mul_scalar(beta_2) + new_2;
    let denominator = moment_2.clone().sqrt().add_scalar(epsilon);
    let displacement = moment_1.clone().mul_scalar(step_size) / denominator;
    AdamState { parameter: state.parameter - displacement, moment_1, moment_2 }
}

/// See [`blend`](crate::blend).
pub fn blend<const D: usize>(average: Tensor<D>, value: Tensor<D>, decay: f64) -> Tensor<D> {
    average.mul_scalar(decay) + value.mul_scalar(1.0 - decay)
}
