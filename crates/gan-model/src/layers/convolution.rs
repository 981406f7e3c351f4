//! Convolutions, plain and transposed.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

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

impl TransposedConvolution {
    /// `[batch, inputs, h, w]` to `[batch, outputs, h', w']`, where
    /// `h' = (h − 1) · stride + side − 2 · padding`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        let options =
            ConvTransposeOptions::new([self.stride; 2], [self.padding; 2], [0; 2], [1; 2], 1);
        conv_transpose2d(images, self.weight.val(), self.bias.as_ref().map(Param::val), options)
    }
}
