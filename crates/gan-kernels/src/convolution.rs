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
        let ([batch, height, width, _], [_, outputs]) = (images.dims(), weight.dims());
        let groups = groups(&weight, bias.dims()[0]);
        let windows = flex::unfold(one_behind_the_other(images, groups), window);
        let sums = flex::linear(windows, weight, bias, groups, activation);
        let (rows, columns) = (window.places(height), window.places(width));
        return side_by_side(sums.reshape([groups * batch, rows, columns, outputs]), groups);
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
    let ([batch, .., outputs], [inputs, _]) = (gradient.dims(), weight.dims());
    let groups = groups(&weight, outputs);
    let rows = |images| one_behind_the_other(images, groups).flatten::<3>(0, 1).flatten::<2>(0, 1);
    let (gradient, output) = (rows(gradient), rows(output));
    let windows = flex::linear_input_gradient(gradient, output, weight, groups, activation);
    let channels = inputs / (window.side * window.side * groups);
    side_by_side(flex::fold(windows, [groups * batch, height, width, channels], window), groups)
}

/// Groups of channels as images of their own: `[groups · batch, h, w, channels / groups]`.
#[cfg(not(target_arch = "wasm32"))]
fn one_behind_the_other(images: Tensor<4>, groups: usize) -> Tensor<4> {
    let [batch, height, width, channels] = images.dims();
    if groups == 1 {
        return images;
    }
    let of_each = channels / groups;
    let pixels = images.reshape([batch * height * width, groups, of_each]);
    pixels.swap_dims(0, 1).reshape([groups * batch, height, width, of_each])
}

/// Back to `[batch, h, w, channels]`.
#[cfg(not(target_arch = "wasm32"))]
fn side_by_side(images: Tensor<4>, groups: usize) -> Tensor<4> {
    let [copies, height, width, of_each] = images.dims();
    if groups == 1 {
        return images;
    }
    let pixels = images.reshape([groups, copies / groups * height * width, of_each]);
    pixels.swap_dims(0, 1).reshape([copies / groups, height, width, groups * of_each])
}
