//! Convolutions over images whose channels come last, `[batch, height, width, channels]`.
//!
//! On `flex` they are matrix products of the windows, read where they lie; elsewhere they are the
//! backend's own convolutions.

use burn::tensor::Tensor;

use crate::activation::Activation;
use crate::window::{Window, groups};
use crate::{flex, reference};

/// `activation(convolution(images) + bias)`, `[batch, h', w', outputs]`, with `h'` the
/// [output size](Window::output_size) along the height.
///
/// `weight` is `[side · side · channels, outputs]`, its rows in the order of a window's values: row,
/// column, channel. Where it has fewer columns than there are biases, it is a grouped convolution:
/// channels and outputs are cut into as many groups as that takes, and `weight` is the groups'
/// matrices one below the other.
pub fn convolution(
    images: Tensor<4>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    if flex::runs_on(&images) && flex::runs_on(&weight) && flex::runs_on(&bias) {
        let op = linear_op(&weight, images.dims(), bias.dims()[0], window);
        return flex::layer(images, weight, bias, op, activation);
    }
    reference::convolution(images, weight, bias, window, activation)
}

/// The gradient in a [`convolution`]'s images, `[batch, height, width, channels]`, from the one in its
/// `output`; it can itself be differentiated, as
/// [`linear_input_gradient`](crate::linear_input_gradient) can.
///
/// # Panics
/// With [`Activation::Sigmoid`], whose second derivative is not 0.
pub fn convolution_input_gradient(
    gradient: Tensor<4>,
    output: Tensor<4>,
    weight: Tensor<2>,
    size: [usize; 2],
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    assert!(activation != Activation::Sigmoid, "only piecewise linear activations");
    if flex::runs_on(&gradient) && flex::runs_on(&output) && flex::runs_on(&weight) {
        return transpose_to(gradient, output, weight, size, window, activation);
    }
    reference::convolution_input_gradient(gradient, output, weight, size, window, activation)
}

/// A transposed convolution: `images`, `[batch, h', w', outputs]`, to the larger
/// `[batch, h, w, channels]` that a [`convolution`] with `weight` would make them from, with `h` the
/// [input size](Window::input_size) for `h'` positions. Fewer columns than outputs are groups, as
/// there.
pub fn transposed_convolution(images: Tensor<4>, weight: Tensor<2>, window: Window) -> Tensor<4> {
    if flex::runs_on(&images) && flex::runs_on(&weight) {
        let [_, height, width, _] = images.dims();
        let size = [window.input_size(height), window.input_size(width)];
        return transpose_to(images.clone(), images, weight, size, window, Activation::Identity);
    }
    reference::transposed_convolution(images, weight, window)
}

/// The gradient in images of `[height, width]`, from the one in `output`.
fn transpose_to(
    gradient: Tensor<4>,
    output: Tensor<4>,
    weight: Tensor<2>,
    [height, width]: [usize; 2],
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    assert_eq!(gradient.dims(), output.dims(), "a gradient has the shape of its output");
    let [batch, .., outputs] = gradient.dims();
    let channels = weight.dims()[0] / (window.side * window.side);
    let op = linear_op(&weight, [batch, height, width, channels], outputs, window);
    flex::layer_input_gradient(gradient, output, weight, op, activation)
}

/// The kernels' description of a convolution.
fn linear_op(
    weight: &Tensor<2>,
    shape: [usize; 4],
    outputs: usize,
    window: Window,
) -> flex::LinearOp {
    let ([.., channels], [inputs, _]) = (shape, weight.dims());
    let groups = groups(weight, outputs);
    assert_eq!(
        inputs,
        window.side * window.side * channels,
        "windows of {} on {channels} channels need another weight",
        window.side
    );
    flex::LinearOp::Convolution(flex::Convolution { shape, window, groups })
}
