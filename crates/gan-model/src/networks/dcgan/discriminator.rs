//! The discriminator of a DCGAN.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use super::{
    KERNEL, Pyramid, STD, check_dense, checked_pyramid, count_dense, dense_layers, pyramid,
};
use crate::conditioning::ClassEmbedding;
use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount, he_std};
use crate::layers::{Activation, Chain, Convolution, DiscriminatorChain, MinibatchStd};
use crate::networks::traits::{Discriminate, InputGradient};

/// What follows every layer but the last.
const LEAKY: Activation = Activation::LeakyRelu(0.2);

/// The discriminator of a DCGAN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DcganDiscriminatorConfig {
    /// Shape of one image: `[channels, side, side]`, the side 4 or 7 times a power of two.
    pub image_shape: [usize; 3],
    /// Channels at half the size of the image; each further halving has twice as many.
    pub width: usize,
    /// Widths of fully connected layers between the smallest feature maps and the logit.
    #[serde(default)]
    pub dense: Vec<usize>,
    /// Classes that it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// Whether it sees how much the images of a batch differ, see
    /// [`MinibatchStd`](crate::layers::MinibatchStd). It then has no input gradient, and no penalty
    /// on it.
    #[serde(default)]
    pub minibatch_std: bool,
}

/// Made by [`DcganDiscriminatorConfig`].
#[derive(Module, Debug)]
pub struct DcganDiscriminator {
    downsample: Vec<Convolution>,
    dense: Vec<Linear>,
    output: Linear,
    embedding: Option<ClassEmbedding>,
    minibatch: Option<MinibatchStd>,
}

impl Discriminate for DcganDiscriminator {
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        self.chain().forward(images, labels)
    }

    fn input_gradient(
        &self,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Option<InputGradient> {
        self.chain().input_gradient(images, labels)
    }
}

impl DcganDiscriminator {
    fn chain(&self) -> DiscriminatorChain<'_> {
        let mut chain = Chain::of_images();
        for layer in &self.downsample {
            chain = chain.convolution(layer, LEAKY);
        }
        chain = chain.flatten();
        for layer in &self.dense {
            chain = chain.linear(layer, LEAKY);
        }
        let logits = chain.logits(&self.output).minibatch_std(self.minibatch.as_ref());
        logits.projection(self.embedding.as_ref())
    }
}

impl DcganDiscriminatorConfig {
    pub(crate) fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    pub(crate) fn check_shareable(&self) -> Result<(), ConfigError> {
        MinibatchStd::check_shareable(self.minibatch_std)
    }

    pub(crate) fn init(&self, rng: Rng, device: &Device) -> DcganDiscriminator {
        let mut initial = InitialWeights::new(rng, Stream::DiscriminatorWeights, device);
        let Pyramid { base, widths } = pyramid(self.image_shape, self.width);
        let mut inputs = self.image_shape[0];
        let mut downsample = Vec::new();
        for &outputs in widths.iter().rev() {
            let std = he_std(inputs * KERNEL * KERNEL);
            downsample.push(Convolution {
                weight: initial.normal([outputs, inputs, KERNEL, KERNEL], 0.0, std),
                bias: Some(initial.constant([outputs], 0.0)),
                stride: 2,
                padding: 1,
                groups: 1,
            });
            inputs = outputs;
        }
        let features = widths[0] * base * base;
        let dense = dense_layers(features, &self.dense, &mut initial);
        let features = self.dense.last().copied().unwrap_or(features);
        DcganDiscriminator {
            downsample,
            dense,
            output: initial.linear(features, 1, STD),
            embedding: ClassEmbedding::init(self.classes, features, STD, &mut initial),
            minibatch: self.minibatch_std.then(|| MinibatchStd::init(STD, &mut initial)),
        }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        let Pyramid { base, widths } = checked_pyramid(self.image_shape, self.width)?;
        let mut count = ParameterCount::default();
        let mut inputs = self.image_shape[0];
        for &outputs in widths.iter().rev() {
            count.tensor(&[outputs, inputs, KERNEL, KERNEL]);
            count.tensor(&[outputs]);
            inputs = outputs;
        }
        check_dense(&self.dense)?;
        let features = count_dense(widths[0].saturating_mul(base * base), &self.dense, &mut count);
        count.tensor(&[features]);
        count.tensor(&[1 + usize::from(self.minibatch_std)]);
        count.with_classes(self.classes, features, "width", self.width)
    }
    /// All layers are linear, between piecewise linear activations.
    pub(crate) fn check_input_gradient(&self) -> Result<(), ConfigError> {
        MinibatchStd::check_input_gradient(self.minibatch_std)
    }
}
