//! Convolutions, plain and transposed.

use super::centre::{channels_first, channels_last};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use gan_kernels::{
    Activation, Window, convolution, convolution_input_gradient, transposed_convolution,
};

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
        let options = ConvOptions::new([self.stride; 2], [self.padding; 2], [1; 2], self.groups);
        conv2d(images, self.weight.val(), self.bias.as_ref().map(Param::val), options)
    }

    /// The gradient in an input of `[height, width]` from the one in the output,
    /// `[batch, outputs, h', w']`: the transposed convolution with the same weights.
    pub fn input_gradient(&self, gradient: Tensor<4>, [height, width]: [usize; 2]) -> Tensor<4> {
        let [_, _, rows, columns] = gradient.dims();
        let [_, _, side, _] = self.weight.dims();
        // Pixels at the far edge that no place of the kernel reaches when the stride skips them.
        let unreached = |size: usize, places: usize| {
            (size + 2 * self.padding - side) - (places - 1) * self.stride
        };
        let options = ConvTransposeOptions::new(
            [self.stride; 2],
            [self.padding; 2],
            [unreached(height, rows), unreached(width, columns)],
            [1; 2],
            self.groups,
        );
        conv_transpose2d(gradient, self.weight.val(), None, options)
    }
}

/// Channels last, `[batch, h, w, channels]`: on a CPU several times as fast. One group only.
impl Convolution {
    /// [`Convolution::forward`], and what follows it.
    pub(crate) fn forward_channels_last(
        &self,
        images: Tensor<4>,
        activation: Activation,
    ) -> Tensor<4> {
        let bias = self.bias.as_ref().expect("every convolution that is used so has one").val();
        let (weight, window) = matrix(&self.weight, self.stride, self.padding);
        convolution(images, weight, bias, window, activation)
    }

    /// The gradient in images of `[height, width]` from the one behind the activation, which made
    /// `output`.
    pub(crate) fn input_gradient_channels_last(
        &self,
        gradient: Tensor<4>,
        output: Tensor<4>,
        size: [usize; 2],
        activation: Activation,
    ) -> Tensor<4> {
        let (weight, window) = matrix(&self.weight, self.stride, self.padding);
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
        let (weight, window) = matrix(&self.weight, self.stride, self.padding);
        let sums = transposed_convolution(images, weight, window);
        match &self.bias {
            Some(bias) => sums + bias.val().reshape([1, 1, 1, -1]),
            None => sums,
        }
    }
}

/// Weights `[outputs, inputs, side, side]` as the kernels have them, and the window.
fn matrix(weight: &Param<Tensor<4>>, stride: usize, padding: usize) -> (Tensor<2>, Window) {
    let [outputs, inputs, side, _] = weight.dims();
    let matrix = weight.val().permute([2, 3, 1, 0]).reshape([side * side * inputs, outputs]);
    (matrix, Window { side, stride, padding })
}
