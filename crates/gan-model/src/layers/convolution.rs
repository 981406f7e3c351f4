//! Convolutions, plain and transposed. They compute with channels last, which on a CPU is several times
//! as fast.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use gan_kernels::{
    Activation, Window, convolution, convolution_input_gradient, transposed_convolution,
};

use super::centre::{channels_first, channels_last};

/// A convolution over images, with zeros around them.
#[derive(Module, Debug)]
pub struct Convolution {
    /// `[outputs, inputs / groups, side, side]`.
    pub weight: Param<Tensor<4>>,
    /// `[outputs]`.
    pub bias: Option<Param<Tensor<1>>>,
    /// Pixels from one place of the kernel to the next.
    #[module(skip)]
    pub stride: usize,
    /// Zeros on each side of the image.
    #[module(skip)]
    pub padding: usize,
    /// Parts of the channels that do not see each other.
    #[module(skip)]
    pub groups: usize,
}

/// The transpose of a [`Convolution`]: makes images larger where that makes them smaller.
#[derive(Module, Debug)]
pub struct TransposedConvolution {
    /// `[inputs, outputs, side, side]`.
    pub weight: Param<Tensor<4>>,
    /// `[outputs]`.
    pub bias: Option<Param<Tensor<1>>>,
    /// Pixels of the output from one place of the kernel to the next.
    #[module(skip)]
    pub stride: usize,
    /// Pixels cut from each side of the output.
    #[module(skip)]
    pub padding: usize,
}

impl Convolution {
    /// `[batch, inputs, h, w]` to `[batch, outputs, h', w']`, where
    /// `h' = (h + 2 · padding − side) / stride + 1`, rounded down.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        channels_first(self.forward_channels_last(channels_last(images), Activation::Identity))
    }

    /// The gradient in an input of `[height, width]` from the one in the output,
    /// `[batch, outputs, h', w']`: the transposed convolution with the same weights.
    pub fn input_gradient(&self, gradient: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
        let (gradient, identity) = (channels_last(gradient), Activation::Identity);
        let output = gradient.clone();
        channels_first(self.input_gradient_channels_last(gradient, output, size, identity))
    }

    /// [`Convolution::forward`] of `[batch, h, w, channels]`, and what follows it.
    pub(crate) fn forward_channels_last(
        &self,
        images: Tensor<4>,
        activation: Activation,
    ) -> Tensor<4> {
        let [outputs, ..] = self.weight.dims();
        let bias = bias_or_zeros(self.bias.as_ref(), outputs, &images);
        let (weight, window) = matrix(&self.weight, self.stride, self.padding, self.groups);
        convolution(images, weight, bias, window, activation)
    }

    /// The gradient in images of `[height, width]` from the one behind the activation, which made
    /// `output`; all with channels last.
    pub(crate) fn input_gradient_channels_last(
        &self,
        gradient: Tensor<4>,
        output: Tensor<4>,
        size: [usize; 2],
        activation: Activation,
    ) -> Tensor<4> {
        let (weight, window) = matrix(&self.weight, self.stride, self.padding, self.groups);
        convolution_input_gradient(gradient, output, weight, size, window, activation)
    }
}

impl TransposedConvolution {
    /// `[batch, inputs, h, w]` to `[batch, outputs, h', w']`, where
    /// `h' = (h − 1) · stride + side − 2 · padding`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        channels_first(self.forward_channels_last(channels_last(images)))
    }

    /// The same with channels last.
    pub(crate) fn forward_channels_last(&self, images: Tensor<4>) -> Tensor<4> {
        let (weight, window) = matrix(&self.weight, self.stride, self.padding, 1);
        let sums = transposed_convolution(images, weight, window);
        match &self.bias {
            Some(bias) => sums + bias.val().reshape([1, 1, 1, -1]),
            None => sums,
        }
    }
}

/// The bias of a layer, zeros where it has none.
pub(super) fn bias_or_zeros(
    bias: Option<&Param<Tensor<1>>>,
    outputs: usize,
    images: &Tensor<4>,
) -> Tensor<1> {
    bias.map_or_else(|| Tensor::zeros([outputs], &images.device()), Param::val)
}

/// Weights `[outputs, inputs / groups, side, side]` as the kernels have them, and the window.
fn matrix(
    weight: &Param<Tensor<4>>,
    stride: usize,
    padding: usize,
    groups: usize,
) -> (Tensor<2>, Window) {
    let [outputs, inputs, side, _] = weight.dims();
    let outputs = outputs / groups;
    let weight = weight.val().reshape([groups, outputs, inputs, side, side]);
    let matrix = weight.permute([0, 3, 4, 2, 1]).reshape([groups * side * side * inputs, outputs]);
    (matrix, Window { side, stride, padding })
}
