//! The discriminator of a DCGAN, and its input gradient: the same layers backwards.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use gan_kernels::{Activation, linear_input_gradient};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use super::{
    KERNEL, Pyramid, STD, check_dense, checked_pyramid, count_dense, dense, dense_layers, pyramid,
};
use crate::conditioning::{ClassEmbedding, project, project_input_gradient};
use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount, he_std};
use crate::layers::{
    Convolution, MinibatchStd, centre, centre_input_gradient, channels_first, channels_last,
};
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
        let features = self.steps(images).features;
        let logits = self.output.forward(features.clone());
        let logits = MinibatchStd::add(self.minibatch.as_ref(), logits, &features);
        project(logits, features, self.embedding.as_ref(), labels)
    }

    fn input_gradient(
        &self,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Option<InputGradient> {
        if self.minibatch.is_some() {
            return None;
        }
        let Steps { outputs, shape, dense, features } = self.steps(images);
        let [batch, mut height, mut width, _] = shape;
        let embedding = self.embedding.as_ref();
        let gradient =
            project_input_gradient(batch, self.output.weight.val(), embedding, labels.clone());
        let layers = self.dense.iter().zip(dense).rev();
        let gradient = layers.fold(gradient, |gradient, (layer, output)| {
            linear_input_gradient(gradient, output, layer.weight.val(), LEAKY)
        });
        let mut gradient: Tensor<4> = gradient.reshape(shape);
        for (layer, output) in self.downsample.iter().zip(outputs).rev() {
            (height, width) = (2 * height, 2 * width);
            let size = [height, width];
            gradient = layer.input_gradient_channels_last(gradient, output, size, LEAKY);
        }
        let logits = project(self.output.forward(features.clone()), features, embedding, labels);
        Some(InputGradient { logits, gradient: centre_input_gradient(channels_first(gradient)) })
    }
}

/// What the discriminator's layers made of some images.
struct Steps {
    /// Of every convolution, `[batch, h, w, channels]`.
    outputs: Vec<Tensor<4>>,
    /// Of the last of them.
    shape: [usize; 4],
    /// Of every fully connected layer, `[batch, width]`.
    dense: Vec<Tensor<2>>,
    /// What the logit is made of, `[batch, features]`.
    features: Tensor<2>,
}

impl DcganDiscriminator {
    fn steps(&self, images: Tensor<4>) -> Steps {
        let (mut x, mut outputs) = (channels_last(centre(images)), Vec::new());
        for layer in &self.downsample {
            x = layer.forward_channels_last(x, LEAKY);
            outputs.push(x.clone());
        }
        let shape = x.dims();
        let (mut features, mut connected) = (x.flatten(1, 3), Vec::new());
        for layer in &self.dense {
            features = dense(layer, features, LEAKY);
            connected.push(features.clone());
        }
        Steps { outputs, shape, dense: connected, features }
    }
}

impl DcganDiscriminatorConfig {
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
