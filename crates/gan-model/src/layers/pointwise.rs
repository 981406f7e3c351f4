//! 1 × 1 convolutions.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use gan_kernels::{Activation, linear, linear_input_gradient};

use super::centre::{channels_first, channels_last};
use super::convolution::bias_or_zeros;

/// A 1 × 1 convolution, computed as the linear layer of every pixel that it is.
#[derive(Module, Debug)]
pub struct Pointwise {
    /// `[outputs, inputs]`.
    pub weight: Param<Tensor<2>>,
    /// `[outputs]`.
    pub bias: Option<Param<Tensor<1>>>,
}

impl Pointwise {
    /// `[batch, inputs, h, w]` to `[batch, outputs, h, w]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        channels_first(self.forward_channels_last(channels_last(images), Activation::Identity))
    }

    /// The gradient in the input, `[batch, inputs, h, w]`, from the one in the output,
    /// `[batch, outputs, h, w]`.
    pub fn input_gradient(&self, gradient: Tensor<4>) -> Tensor<4> {
        let (gradient, identity) = (channels_last(gradient), Activation::Identity);
        let output = gradient.clone();
        channels_first(self.input_gradient_channels_last(gradient, output, identity))
    }

    /// [`Pointwise::forward`] of `[batch, h, w, inputs]`, and what follows it.
    pub(crate) fn forward_channels_last(
        &self,
        images: Tensor<4>,
        activation: Activation,
    ) -> Tensor<4> {
        let ([batch, height, width, _], [outputs, _]) = (images.dims(), self.weight.dims());
        let bias = bias_or_zeros(self.bias.as_ref(), outputs, &images);
        let sums = linear(pixels(images), self.weight.val().transpose(), bias, activation);
        sums.reshape([batch, height, width, outputs])
    }

    /// The gradient in the input from the one behind the activation, which made `output`; all with
    /// channels last.
    pub(crate) fn input_gradient_channels_last(
        &self,
        gradient: Tensor<4>,
        output: Tensor<4>,
        activation: Activation,
    ) -> Tensor<4> {
        let ([batch, height, width, _], [_, inputs]) = (gradient.dims(), self.weight.dims());
        let (gradient, output) = (pixels(gradient), pixels(output));
        let weight = self.weight.val().transpose();
        let gradient = linear_input_gradient(gradient, output, weight, activation);
        gradient.reshape([batch, height, width, inputs])
    }
}

/// `[batch · h · w, channels]`.
fn pixels(images: Tensor<4>) -> Tensor<2> {
    let [batch, height, width, channels] = images.dims();
    images.reshape([batch * height * width, channels])
}
