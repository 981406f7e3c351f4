//! The tutorial's networks: fully connected, of any widths.
//!
//! ```text
//! latents [batch, latent_dim] ─ linear ─ ReLU ─ … ─ linear ─ sigmoid ─ images [batch, c, h, w]
//! images  [batch, c, h, w] ─ flatten ─ linear ─ ReLU ─ … ─ linear ─ logits [batch, 1]
//! ```

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::condition::{ClassEmbedding, join, joined_width, project};
use crate::initial::{InitialWeights, ParameterCount};
use crate::{Chance, ConfigError, Discriminate, Generate, LatentSpace, Stream};

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
    /// Classes that it draws on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
}

/// A discriminator of fully connected layers. The tutorial's has one hidden layer of 128.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlpDiscriminatorConfig {
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
    /// Widths of the hidden layers, from the image to the logit.
    pub hidden: Vec<usize>,
    /// Classes that it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
}

/// Made by [`MlpGeneratorConfig`].
#[derive(Module, Debug)]
pub struct MlpGenerator {
    embedding: Option<ClassEmbedding>,
    hidden: Vec<Linear>,
    output: Linear,
    #[module(skip)]
    image_shape: [usize; 3],
}

/// Made by [`MlpDiscriminatorConfig`].
#[derive(Module, Debug)]
pub struct MlpDiscriminator {
    hidden: Vec<Linear>,
    output: Linear,
    embedding: Option<ClassEmbedding>,
}

impl MlpGeneratorConfig {
    pub(crate) fn init(&self, chance: Chance, device: &Device) -> MlpGenerator {
        let outputs = self.image_shape.iter().product();
        let mut layers = linear_layers(
            joined_width(self.latents.dim, self.classes),
            &self.hidden,
            outputs,
            chance,
            Stream::GeneratorWeights,
            device,
        );
        let output = layers.pop().expect("at least the output layer");
        let mut initial = InitialWeights::new(chance, Stream::GeneratorWeights, device)
            .from_index(self.hidden.len() + 1);
        let embedding = ClassEmbedding::init(self.classes, self.latents.dim, 1.0, &mut initial);
        MlpGenerator { embedding, hidden: layers, output, image_shape: self.image_shape }
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

impl MlpDiscriminatorConfig {
    pub(crate) fn init(&self, chance: Chance, device: &Device) -> MlpDiscriminator {
        let inputs = self.image_shape.iter().product();
        let mut layers =
            linear_layers(inputs, &self.hidden, 1, chance, Stream::DiscriminatorWeights, device);
        let output = layers.pop().expect("at least the output layer");
        let mut initial = InitialWeights::new(chance, Stream::DiscriminatorWeights, device)
            .from_index(self.hidden.len() + 1);
        let features = self.hidden.last().copied().unwrap_or(inputs);
        let deviation = 1.0 / (features as f64).sqrt();
        let embedding = ClassEmbedding::init(self.classes, features, deviation, &mut initial);
        MlpDiscriminator { hidden: layers, output, embedding }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        let inputs = pixel_count(self.image_shape)?;
        let layers = layer_sizes(inputs, &self.hidden, 1)?;
        let features = self.hidden.last().copied().unwrap_or(inputs);
        ParameterCount::beginning_with(layers).with_classes(
            self.classes,
            features,
            "hidden",
            &self.hidden,
        )
    }
}

impl Generate for MlpGenerator {
    fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4> {
        let latents = join(latents, self.embedding.as_ref(), labels);
        let [batch, _] = latents.dims();
        let [channels, height, width] = self.image_shape;
        let features = self.hidden.iter().fold(latents, |x, layer| relu(layer.forward(x)));
        sigmoid(self.output.forward(features)).reshape([batch, channels, height, width])
    }
}

impl Discriminate for MlpDiscriminator {
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        let pixels: Tensor<2> = images.flatten(1, 3);
        let features = self.hidden.iter().fold(pixels, |x, layer| relu(layer.forward(x)));
        project(features, &self.output, self.embedding.as_ref(), labels)
    }
}

/// Glorot-uniform weights and zero biases for `inputs → hidden… → outputs`; layer `i` draws from
/// index `i` of the stream.
fn linear_layers(
    inputs: usize,
    hidden: &[usize],
    outputs: usize,
    chance: Chance,
    stream: Stream,
    device: &Device,
) -> Vec<Linear> {
    let ends = hidden.iter().copied().chain([outputs]);
    let starts = [inputs].into_iter().chain(hidden.iter().copied());
    starts
        .zip(ends)
        .enumerate()
        .map(|(index, (fan_in, fan_out))| {
            // Glorot & Bengio 2010, equation 16: U[-√(6 / (fan_in + fan_out)), same).
            let bound = (6.0 / (fan_in + fan_out) as f32).sqrt();
            let weights = chance.uniform(stream, index as u64, fan_in * fan_out, -bound, bound);
            Linear {
                weight: Param::from_data(TensorData::new(weights, [fan_in, fan_out]), device),
                bias: Some(Param::from_data(TensorData::zeros::<f32, _>([fan_out]), device)),
            }
        })
        .collect()
}

/// Parameters of `inputs → hidden… → outputs`, refusing empty layers and sizes beyond memory.
fn layer_sizes(inputs: usize, hidden: &[usize], outputs: usize) -> Result<usize, ConfigError> {
    const LIMIT: usize = 1 << 31;
    if hidden.contains(&0) {
        return Err(ConfigError::new("hidden", hidden, "every hidden layer needs at least 1 unit"));
    }
    let too_large =
        || ConfigError::new("hidden", hidden, "the network would exceed 2^31 parameters");
    let mut fan_in = inputs;
    let mut total = 0usize;
    for &fan_out in hidden.iter().chain([&outputs]) {
        let layer = fan_in.checked_add(1).and_then(|rows| rows.checked_mul(fan_out));
        total = layer
            .and_then(|layer| total.checked_add(layer))
            .filter(|&sum| sum <= LIMIT)
            .ok_or_else(too_large)?;
        fan_in = fan_out;
    }
    Ok(total)
}

fn pixel_count(image_shape: [usize; 3]) -> Result<usize, ConfigError> {
    const LIMIT: usize = 1 << 24;
    image_shape
        .iter()
        .try_fold(1usize, |product, &side| product.checked_mul(side))
        .filter(|pixels| (1..=LIMIT).contains(pixels))
        .ok_or_else(|| {
            ConfigError::new("image_shape", image_shape, "an image has between 1 and 2^24 values")
        })
}
