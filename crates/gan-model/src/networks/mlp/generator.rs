//! The fully connected generator.

use std::fmt;

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use super::{Activation, UsedLayer, layer_sizes, linear_layers, pixel_count};
use crate::conditioning::{ClassEmbedding, join, joined_width};
use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount};
use crate::latents::LatentSpace;
use crate::networks::display::arrows;
use crate::networks::output::Output;
use crate::networks::traits::Generate;

/// A generator of fully connected layers. The tutorial's has one hidden layer of 128.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlpGeneratorConfig {
    /// Where its latents come from.
    pub latents: LatentSpace,
    /// Widths of the hidden layers, from the latents to the image.
    pub hidden: Vec<usize>,
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
    /// Classes of a class-conditional generator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// What follows each hidden layer.
    pub activation: Activation,
    /// What follows the last layer.
    pub output: Output,
}

/// Made by [`MlpGeneratorConfig`].
#[derive(Module, Debug)]
pub struct MlpGenerator {
    embedding: Option<ClassEmbedding>,
    hidden: Vec<Linear>,
    output: Linear,
    #[module(skip)]
    image_shape: [usize; 3],
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    output_activation: Output,
}

impl Generate for MlpGenerator {
    fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4> {
        let latents = join(latents, self.embedding.as_ref(), labels);
        let [batch, _] = latents.dims();
        let [channels, height, width] = self.image_shape;
        let layers = self.hidden.iter().map(UsedLayer::from);
        let features = layers.fold(latents, |x, layer| layer.forward(x, self.activation.fused()));
        let output = self.output_activation;
        let pixels = UsedLayer::from(&self.output).forward(features, output.fused());
        output.rest(pixels).reshape([batch, channels, height, width])
    }
}

impl MlpGeneratorConfig {
    pub(crate) fn set_width(&mut self, width: usize) {
        self.hidden.fill(width);
    }

    pub(crate) fn check_shareable(&self, _: &Device) -> Result<(), ConfigError> {
        Ok(())
    }

    pub(crate) fn init(&self, rng: Rng, device: &Device) -> MlpGenerator {
        let outputs = self.image_shape.iter().product();
        let mut layers = linear_layers(
            joined_width(self.latents.dim, self.classes),
            &self.hidden,
            outputs,
            rng,
            Stream::GeneratorWeights,
            device,
        );
        let output = layers.pop().expect("at least the output layer");
        let mut initial = InitialWeights::new(rng, Stream::GeneratorWeights, device)
            .starting_at(self.hidden.len() + 1);
        let embedding = ClassEmbedding::init(self.classes, self.latents.dim, 1.0, &mut initial);
        MlpGenerator {
            embedding,
            hidden: layers,
            output,
            image_shape: self.image_shape,
            activation: self.activation,
            output_activation: self.output,
        }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        self.latents.check()?;
        let outputs = pixel_count(self.image_shape)?;
        let inputs = joined_width(self.latents.dim, self.classes);
        let layers = layer_sizes(inputs, &self.hidden, outputs)?;
        ParameterCount::beginning_with(layers).with_classes(
            self.classes,
            self.latents.dim,
            "hidden",
            &self.hidden,
        )
    }
}

impl fmt::Display for MlpGeneratorConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pixels = self.image_shape.iter().product();
        write!(f, "mlp {}", arrows(&[&[self.latents.dim], &self.hidden[..], &[pixels]].concat()))
    }
}
