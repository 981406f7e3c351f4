//! Convolutions over images whose channels come last, `[batch, height, width, channels]`.
//!
//! On `flex` they are matrix products of the windows, which lie in memory almost as the product
//! reads them; elsewhere they are the backend's own convolutions.

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
/// column, channel.
pub fn convolution(
    images: Tensor<4>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&images) && flex::runs_on(&weight) && flex::runs_on(&bias) {
        let ([batch, height, width, _], [_, outputs]) = (images.dims(), weight.dims());
        let sums = flex::linear(flex::unfold(images, window), weight, bias, activation);
        return sums.reshape([batch, window.places(height), window.places(width), outputs]);
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
        let shape = images_of(&weight, gradient.dims()[0], size, window);
        let [gradient, output] = [gradient, output].map(rows);
        let windows = flex::linear_input_gradient(gradient, output, weight, activation);
        return flex::fold(windows, shape, window);
    }
    ordinary::convolution_input_gradient(gradient, output, weight, size, window, activation)
}

/// A transposed convolution: `images`, `[batch, h', w', outputs]`, to the larger
/// `[batch, h, w, channels]` that a [`convolution`] with `weight` would make them from, with `h` the
/// [size](Window::size) for `h'` places.
pub fn transposed_convolution(images: Tensor<4>, weight: Tensor<2>, window: Window) -> Tensor<4> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&images) && flex::runs_on(&weight) {
        let [batch, height, width, _] = images.dims();
        let size = [window.size(height), window.size(width)];
        let shape = images_of(&weight, batch, size, window);
        let images = rows(images);
        let windows =
            flex::linear_input_gradient(images.clone(), images, weight, Activation::Identity);
        return flex::fold(windows, shape, window);
    }
    ordinary::transposed_convolution(images, weight, window)
}

/// `[batch · height · width, channels]`.
#[cfg(not(target_arch = "wasm32"))]
fn rows(images: Tensor<4>) -> Tensor<2> {
    images.flatten::<3>(0, 1).flatten::<2>(0, 1)
}

#[cfg(not(target_arch = "wasm32"))]
fn images_of(
    weight: &Tensor<2>,
    batch: usize,
    [height, width]: [usize; 2],
    window: Window,
) -> [usize; 4] {
    let [inputs, _] = weight.dims();
    [batch, height, width, inputs / (window.side * window.side)]
}
