//! The reference implementations: the same operations, made of ordinary tensor operations. They run
//! on every backend.

use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Tensor, activation};

use crate::activation::Activation;
use crate::adam::{AdamCoefficients, AdamState};
use crate::batch_norm::BatchNormed;
use crate::window::{Window, groups};

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
        // Burn's has slope 1 at 0, where PyTorch and the input gradient below have `slope`; mid-grey
        // parts of an image lie there.
        Activation::LeakyRelu(slope) => {
            let is_low = x.clone().lower_equal_elem(0.0);
            x.clone().mask_where(is_low, x * slope)
        }
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
    activation_backward(activation, output, gradient).matmul(weight.transpose())
}

/// The gradient in an activation's input, from the one in its output and the output itself.
fn activation_backward<const D: usize>(
    activation: Activation,
    output: Tensor<D>,
    gradient: Tensor<D>,
) -> Tensor<D> {
    let positive = || output.greater_elem(0.0).float();
    match activation {
        Activation::Relu => gradient * positive(),
        Activation::LeakyRelu(slope) => {
            gradient * positive().mul_scalar(1.0 - slope).add_scalar(slope)
        }
        Activation::Identity | Activation::Sigmoid => gradient,
    }
}

/// See [`convolution`](crate::convolution).
pub fn convolution(
    images: Tensor<4>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    let Window { stride, padding, .. } = window;
    let groups = groups(&weight, bias.dims()[0]);
    let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], groups);
    let weight = kernel(weight, window, groups);
    let sums = conv2d(channels_first(images), weight, Some(bias), options);
    activate(channels_last(sums), activation)
}

/// See [`convolution_input_gradient`](crate::convolution_input_gradient).
pub fn convolution_input_gradient(
    gradient: Tensor<4>,
    output: Tensor<4>,
    weight: Tensor<2>,
    size: [usize; 2],
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    transpose_to(activation_backward(activation, output, gradient), weight, size, window)
}

/// See [`transposed_convolution`](crate::transposed_convolution).
pub fn transposed_convolution(images: Tensor<4>, weight: Tensor<2>, window: Window) -> Tensor<4> {
    let [_, height, width, _] = images.dims();
    transpose_to(images, weight, [window.input_size(height), window.input_size(width)], window)
}

/// The transposed convolution, to images of `[height, width]`.
fn transpose_to(
    images: Tensor<4>,
    weight: Tensor<2>,
    [height, width]: [usize; 2],
    window: Window,
) -> Tensor<4> {
    let [_, rows, columns, outputs] = images.dims();
    // Pixels at the far edge that no window reaches when the stride skips them.
    let unreached = [height - window.input_size(rows), width - window.input_size(columns)];
    let Window { stride, padding, .. } = window;
    let groups = groups(&weight, outputs);
    let options = ConvTransposeOptions::new([stride; 2], [padding; 2], unreached, [1; 2], groups);
    let images = channels_first(images);
    channels_last(conv_transpose2d(images, kernel(weight, window, groups), None, options))
}

/// `[groups · side · side · channels, outputs]` to `[groups · outputs, channels, side, side]`.
fn kernel(weight: Tensor<2>, Window { side, .. }: Window, groups: usize) -> Tensor<4> {
    let [inputs, outputs] = weight.dims();
    let channels = inputs / (side * side * groups);
    let weight = weight.reshape([groups, side, side, channels, outputs]);
    weight.permute([0, 4, 3, 1, 2]).reshape([groups * outputs, channels, side, side])
}

fn channels_first(images: Tensor<4>) -> Tensor<4> {
    images.permute([0, 3, 1, 2])
}

fn channels_last(images: Tensor<4>) -> Tensor<4> {
    images.permute([0, 2, 3, 1])
}

/// See [`batch_norm`](crate::batch_norm).
pub fn batch_norm(x: Tensor<2>, gamma: Tensor<1>, beta: Tensor<1>, epsilon: f64) -> BatchNormed {
    let made = burn::tensor::module::batch_norm_train(x, gamma, beta, epsilon);
    BatchNormed { output: made.output, mean: made.mean.detach(), variance: made.variance.detach() }
}

/// See [`log_sigmoid`](crate::log_sigmoid).
pub fn log_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    activation::log_sigmoid(x)
}

/// See [`squared_norms`](crate::squared_norms).
pub fn squared_norms(x: Tensor<2>) -> Tensor<2> {
    x.square().sum_dim(1)
}

/// See [`exp`](crate::exp).
pub fn exp<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.exp()
}

/// See [`adam_step`](crate::adam_step).
pub fn adam_step<const D: usize>(
    state: AdamState<D>,
    gradient: Tensor<D>,
    coefficients: AdamCoefficients,
) -> AdamState<D> {
    let AdamCoefficients { beta_1, beta_2, step_size, epsilon } = coefficients;
    let new_2 = gradient.clone().square().mul_scalar(1.0 - beta_2);
    let moment_2 = state.moment_2.mul_scalar(beta_2) + new_2;
    let denominator = moment_2.clone().sqrt().add_scalar(epsilon);
    let (mean, moment_1) = match beta_1 {
        0.0 => (gradient, state.moment_1),
        _ => {
            let new_1 = gradient.mul_scalar(1.0 - beta_1);
            let moment_1 = state.moment_1.mul_scalar(beta_1) + new_1;
            (moment_1.clone(), moment_1)
        }
    };
    let displacement = mean.mul_scalar(step_size) / denominator;
    AdamState { parameter: state.parameter - displacement, moment_1, moment_2 }
}

/// See [`blend`](crate::blend).
pub fn blend<const D: usize>(average: Tensor<D>, value: Tensor<D>, decay: f64) -> Tensor<D> {
    average.mul_scalar(decay) + value.mul_scalar(1.0 - decay)
}
