//! Convolutions over images whose channels come last, `[batch, height, width, channels]`.
//!
//! On `flex` they are matrix products of the windows, read where they lie; elsewhere they are the backend's own convolutions.

use burn::tensor::Tensor;

#[cfg(not(target_arch = "wasm32"))]
use crate::flex;
use crate::{Activation, ordinary};

/// The square of pixels that a convolution looks at, and how it moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its height and width.
    pub side: usize,
    /// Pixels from one place to the next.
    pub stride: usize,
    /// Zeros around the image.
    pub padding: usize,
}

impl Window {
    /// How many places it has along `size` pixels: (size + 2 · padding − side) / stride + 1, rounded
    /// down.
    ///
    /// # Panics
    /// Where it is larger than what it moves over.
    pub fn places(self, size: usize) -> usize {
        let padded = size + 2 * self.padding;
        assert!(padded >= self.side, "a window of {} on {padded} pixels", self.side);
        (padded - self.side) / self.stride + 1
    }

    /// Along how many pixels it has `places`: (places − 1) · stride + side − 2 · padding.
    pub fn size(self, places: usize) -> usize {
        (places - 1) * self.stride + self.side - 2 * self.padding
    }
}

/// `activation(convolution(images) + bias)`, `[batch, h', w', outputs]`, with `h'` the
/// [places](Window::places) along the height.
///
/// `weight` is `[side · side · channels, outputs]`, its rows in the order of a window's numbers: row,
/// column, channel. Where it has fewer columns than there are biases, channels and outputs are cut
/// into as many groups as that takes, and no output sees another group's channels; `weight` is then
/// the groups' matrices one below the other.
pub fn convolution(
    images: Tensor<4>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&images) && flex::runs_on(&weight) && flex::runs_on(&bias) {
        let map = map(&weight, images.dims(), bias.dims()[0], window);
        return flex::layer(images, weight, bias, map, activation);
    }
    ordinary::convolution(images, weight, bias, window, activation)
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
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&gradient) && flex::runs_on(&output) && flex::runs_on(&weight) {
        return transpose_to(gradient, output, weight, size, window, activation);
    }
    ordinary::convolution_input_gradient(gradient, output, weight, size, window, activation)
}

/// A transposed convolution: `images`, `[batch, h', w', outputs]`, to the larger
/// `[batch, h, w, channels]` that a [`convolution`] with `weight` would make them from, with `h` the
/// [size](Window::size) for `h'` places. Fewer columns than outputs are groups, as there.
pub fn transposed_convolution(images: Tensor<4>, weight: Tensor<2>, window: Window) -> Tensor<4> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&images) && flex::runs_on(&weight) {
        let [_, height, width, _] = images.dims();
        let size = [window.size(height), window.size(width)];
        return transpose_to(images.clone(), images, weight, size, window, Activation::Identity);
    }
    ordinary::transposed_convolution(images, weight, window)
}

/// In how many groups a layer with `weight` makes `outputs`.
pub(crate) fn groups(weight: &Tensor<2>, outputs: usize) -> usize {
    let [inputs, of_each] = weight.dims();
    assert!(
        of_each > 0 && outputs.is_multiple_of(of_each),
        "a weight of [{inputs}, {of_each}] makes no {outputs} outputs"
    );
    outputs / of_each
}

/// The gradient in images of `[height, width]`, from the one in `output`.
#[cfg(not(target_arch = "wasm32"))]
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
    let map = map(&weight, [batch, height, width, channels], outputs, window);
    flex::layer_input_gradient(gradient, output, weight, map, activation)
}

/// What the kernels multiply.
#[cfg(not(target_arch = "wasm32"))]
fn map(weight: &Tensor<2>, shape: [usize; 4], outputs: usize, window: Window) -> flex::Map {
    let ([.., channels], [inputs, _]) = (shape, weight.dims());
    let groups = groups(weight, outputs);
    assert_eq!(
        inputs,
        window.side * window.side * channels,
        "windows of {} on {channels} channels need another weight",
        window.side
    );
    flex::Map::Convolution(flex::Convolution { shape, window, groups })
}
