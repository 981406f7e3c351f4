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
use crate::layers::{Chain, DiscriminatorChain, MinibatchStd, SpectralNorm};
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
    /// Whether the weights of every layer, the class embedding's included, are divided by their largest
    /// singular value, see [`SpectralNorm`].
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
    spectral: Option<SpectralNorms>,
    #[module(skip)]
    activation: Activation,
}

/// What normalises each weight.
#[derive(Module, Debug)]
struct SpectralNorms {
    hidden: Vec<SpectralNorm>,
    output: SpectralNorm,
    embedding: Option<SpectralNorm>,
}

impl Discriminate for MlpDiscriminator {
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        self.chain().forward(images, labels)
    }

    fn begin_update(&mut self) {
        let Some(spectral) = &mut self.spectral else { return };
        for (norm, layer) in spectral.hidden.iter_mut().zip(&self.hidden) {
            norm.iterate(layer.weight.val());
        }
        spectral.output.iterate(self.output.weight.val());
        if let (Some(norm), Some(embedding)) = (&mut spectral.embedding, &self.embedding) {
            norm.iterate(embedding.weight.val());
        }
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
        let spectral = self.spectral.as_ref();
        let mut chain = Chain::of_pixels();
        for (i, layer) in self.hidden.iter().enumerate() {
            let UsedLayer { weight, bias } = UsedLayer::from(layer);
            let weight = normalised(weight, spectral.map(|norms| &norms.hidden[i]));
            chain = chain.linear_with(weight, bias, self.activation.fused());
        }
        let UsedLayer { weight, bias } = UsedLayer::from(&self.output);
        let weight = normalised(weight, spectral.map(|norms| &norms.output));
        let logits = chain.logits_with(weight, bias).minibatch_std(self.minibatch.as_ref());
        let norm = spectral.and_then(|norms| norms.embedding.as_ref());
        let embedding = self.embedding.as_ref().map(|embedding| embedding.weight.val());
        logits.projection_with(embedding.map(|weight| normalised(weight, norm)))
    }
}

impl SpectralNorms {
    fn init(
        hidden: &[Linear],
        output: &Linear,
        embedding: Option<&ClassEmbedding>,
        initial: &mut InitialWeights<'_>,
    ) -> Self {
        let mut norm = |weight: Tensor<2>| {
            let [_, outputs] = weight.dims();
            SpectralNorm::beginning_at(initial.normal([outputs, 1], 0.0, 1.0).val(), weight)
        };
        Self {
            hidden: hidden.iter().map(|layer| norm(layer.weight.val())).collect(),
            output: norm(output.weight.val()),
            embedding: embedding.map(|embedding| norm(embedding.weight.val())),
        }
    }
}

/// The weight as it is used.
fn normalised(weight: Tensor<2>, norm: Option<&SpectralNorm>) -> Tensor<2> {
    match norm {
        Some(norm) => norm.apply(weight),
        None => weight,
    }
}

impl MlpDiscriminatorConfig {
    pub(crate) fn set_width(&mut self, width: usize) {
        self.hidden.fill(width);
    }

    pub(crate) fn check_shareable(&self) -> Result<(), ConfigError> {
        MinibatchStd::check_shareable(self.minibatch_std)
    }

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
        let spectral = self
            .spectral_norm
            .then(|| SpectralNorms::init(&layers, &output, embedding.as_ref(), &mut initial));
        let activation = self.activation;
        MlpDiscriminator { hidden: layers, output, embedding, minibatch, spectral, activation }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        let inputs = pixel_count(self.image_shape)?;
        let layers = layer_sizes(inputs, &self.hidden, 1)? + usize::from(self.minibatch_std);
        let features = self.hidden.last().copied().unwrap_or(inputs);
        let mut count = ParameterCount::beginning_with(layers);
        if self.spectral_norm {
            // Both singular vectors of each weight: as many values as it has inputs and outputs.
            count.tensor(&[inputs]);
            self.hidden.iter().for_each(|&width| count.tensor(&[2, width]));
            count.tensor(&[1]);
            if let Some(classes) = self.classes {
                count.tensor(&[classes]);
                count.tensor(&[features]);
            }
        }
        count.with_classes(self.classes, features, "hidden", &self.hidden)
    }

    /// All layers are linear, between piecewise linear activations.
    pub(crate) fn check_input_gradient(&self) -> Result<(), ConfigError> {
        MinibatchStd::check_input_gradient(self.minibatch_std)
    }
}
