//! The fully connected discriminator.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use super::{Activation, UsedLayer, layer_sizes, linear_layers, pixel_count};
use crate::conditioning::ClassEmbedding;
use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount};
use crate::layers::{Chain, DiscriminatorChain, MinibatchStd, spectral_norm};
use crate::networks::traits::{Discriminate, InputGradient};

/// A discriminator of fully connected layers. The tutorial's has one hidden layer of 128.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlpDiscriminatorConfig {
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
    /// Widths of the hidden layers, from the image to the logit.
    pub hidden: Vec<usize>,
    /// What follows each hidden layer.
    pub activation: Activation,
    /// Whether the weights of every layer are divided by their largest singular value, see
    /// [`spectral_norm`](crate::layers::spectral_norm).
    #[serde(default)]
    pub spectral_norm: bool,
    /// Classes of a class-conditional discriminator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// Whether it sees how much the images of a batch differ, see
    /// [`MinibatchStd`](crate::layers::MinibatchStd). It then has no input gradient, and no penalty
    /// on it.
    #[serde(default)]
    pub minibatch_std: bool,
}

/// Made by [`MlpDiscriminatorConfig`].
#[derive(Module, Debug)]
pub struct MlpDiscriminator {
    hidden: Vec<Linear>,
    output: Linear,
    embedding: Option<ClassEmbedding>,
    minibatch: Option<MinibatchStd>,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    spectral_norm: bool,
}

impl Discriminate for MlpDiscriminator {
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

impl MlpDiscriminator {
    fn chain(&self) -> DiscriminatorChain<'_> {
        let hidden = self.hidden.iter().map(|layer| self.used(layer));
        let chain = hidden.fold(Chain::of_pixels(), |chain, UsedLayer { weight, bias }| {
            chain.linear_with(weight, bias, self.activation.fused())
        });
        let UsedLayer { weight, bias } = self.used(&self.output);
        let logits = chain.logits_with(weight, bias).minibatch_std(self.minibatch.as_ref());
        logits.projection(self.embedding.as_ref())
    }

    /// The layer as it is used.
    fn used(&self, layer: &Linear) -> UsedLayer {
        let used = UsedLayer::from(layer);
        match self.spectral_norm {
            true => UsedLayer { weight: spectral_norm(used.weight), ..used },
            false => used,
        }
    }
}

impl MlpDiscriminatorConfig {
    pub(crate) fn init(&self, rng: Rng, device: &Device) -> MlpDiscriminator {
        let inputs = self.image_shape.iter().product();
        let mut layers =
            linear_layers(inputs, &self.hidden, 1, rng, Stream::DiscriminatorWeights, device);
        let output = layers.pop().expect("at least the output layer");
        let mut initial = InitialWeights::new(rng, Stream::DiscriminatorWeights, device)
            .starting_at(self.hidden.len() + 1);
        let features = self.hidden.last().copied().unwrap_or(inputs);
        let std = 1.0 / (features as f64).sqrt();
        let embedding = ClassEmbedding::init(self.classes, features, std, &mut initial);
        let minibatch = self.minibatch_std.then(|| MinibatchStd::init(std, &mut initial));
        MlpDiscriminator {
            hidden: layers,
            output,
            embedding,
            minibatch,
            activation: self.activation,
            spectral_norm: self.spectral_norm,
        }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        let inputs = pixel_count(self.image_shape)?;
        let layers = layer_sizes(inputs, &self.hidden, 1)? + usize::from(self.minibatch_std);
        let features = self.hidden.last().copied().unwrap_or(inputs);
        ParameterCount::beginning_with(layers).with_classes(
            self.classes,
            features,
            "hidden",
            &self.hidden,
        )
    }

    /// All layers are linear, between piecewise linear activations.
    pub(crate) fn check_input_gradient(&self) -> Result<(), ConfigError> {
        MinibatchStd::check_input_gradient(self.minibatch_std)
    }
}
