//! Fully connected networks of any widths, the tutorial's among them.
//!
//! ```text
//! latents [batch, latent_dim] ─ linear ─ ReLU ─ … ─ linear ─ sigmoid ─ images [batch, c, h, w]
//! images  [batch, c, h, w] ─ flatten ─ linear ─ ReLU ─ … ─ linear ─ logits [batch, 1]
//! ```
//!
//! The ReLUs may be leaky, and the sigmoid may be left out for data that are no images.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use gan_kernels::{Activation as Fused, linear, linear_input_gradient};
use serde::{Deserialize, Serialize};

use crate::condition::{ClassEmbedding, join, joined_width, project, project_input_gradient};
use crate::initial::{InitialWeights, ParameterCount};
use crate::minibatch::MinibatchDeviation;
use crate::{
    ConfigError, DifferentiateInput, Discriminate, Generate, InputGradient, LatentSpace, Output,
    spectrally_normalised,
};
use gan_random::{Rng, Stream};

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
    /// What follows each hidden layer.
    #[serde(default)]
    pub activation: Activation,
    /// What follows the last layer.
    #[serde(default)]
    pub output: Output,
}

/// A discriminator of fully connected layers. The tutorial's has one hidden layer of 128.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlpDiscriminatorConfig {
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
    /// Widths of the hidden layers, from the image to the logit.
    pub hidden: Vec<usize>,
    /// What follows each hidden layer.
    #[serde(default)]
    pub activation: Activation,
    /// What is done to the weights of every layer before they are used.
    #[serde(default)]
    pub normalisation: Normalisation,
    /// Classes that it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// Whether it sees how much the images of a batch differ, see [`mean_deviation`]. There is then no
    /// gradient of one logit in one image, and no penalty on it.
    ///
    /// [`mean_deviation`]: crate::mean_deviation
    #[serde(default)]
    pub minibatch_deviation: bool,
}

/// What follows a hidden layer. Piecewise linear, so that input gradients are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// max(x, 0), as in the tutorial.
    #[default]
    Relu,
    /// x where it is positive, 0.2 · x elsewhere.
    LeakyRelu,
}

/// What is done to weights before they are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalisation {
    /// Nothing.
    #[default]
    None,
    /// They are divided by their largest singular value, see [`spectrally_normalised`].
    Spectral,
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

/// Made by [`MlpDiscriminatorConfig`].
#[derive(Module, Debug)]
pub struct MlpDiscriminator {
    hidden: Vec<Linear>,
    output: Linear,
    embedding: Option<ClassEmbedding>,
    minibatch: Option<MinibatchDeviation>,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    normalisation: Normalisation,
}

impl MlpGeneratorConfig {
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

impl MlpDiscriminatorConfig {
    pub(crate) fn init(&self, rng: Rng, device: &Device) -> MlpDiscriminator {
        let inputs = self.image_shape.iter().product();
        let mut layers =
            linear_layers(inputs, &self.hidden, 1, rng, Stream::DiscriminatorWeights, device);
        let output = layers.pop().expect("at least the output layer");
        let mut initial = InitialWeights::new(rng, Stream::DiscriminatorWeights, device)
            .starting_at(self.hidden.len() + 1);
        let features = self.hidden.last().copied().unwrap_or(inputs);
        let deviation = 1.0 / (features as f64).sqrt();
        let embedding = ClassEmbedding::init(self.classes, features, deviation, &mut initial);
        let minibatch =
            self.minibatch_deviation.then(|| MinibatchDeviation::init(deviation, &mut initial));
        MlpDiscriminator {
            hidden: layers,
            output,
            embedding,
            minibatch,
            activation: self.activation,
            normalisation: self.normalisation,
        }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        let inputs = pixel_count(self.image_shape)?;
        let layers = layer_sizes(inputs, &self.hidden, 1)? + usize::from(self.minibatch_deviation);
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
        let layers = self.hidden.iter().map(UsedLayer::from);
        let features = layers.fold(latents, |x, layer| layer.forward(x, self.activation.fused()));
        let output = self.output_activation;
        let pixels = UsedLayer::from(&self.output).forward(features, output.fused());
        output.rest(pixels).reshape([batch, channels, height, width])
    }
}

impl Discriminate for MlpDiscriminator {
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        let pixels: Tensor<2> = images.flatten(1, 3);
        let layers = self.hidden.iter().map(|layer| self.normalisation.of(layer));
        let features = layers.fold(pixels, |x, layer| layer.forward(x, self.activation.fused()));
        let logits = self.normalisation.of(&self.output).forward(features.clone(), Fused::Identity);
        let logits = MinibatchDeviation::add(self.minibatch.as_ref(), logits, &features);
        project(logits, features, self.embedding.as_ref(), labels)
    }
}

impl DifferentiateInput for MlpDiscriminator {
    /// With hᵢ = Wᵢᵀxᵢ + bᵢ and xᵢ₊₁ = φ(hᵢ), the gradient runs back from the logit:
    /// gᵢ = Wᵢ (φ′(hᵢ) ⊙ gᵢ₊₁), beginning with the output's weights.
    fn input_gradient(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> InputGradient {
        let shape @ [batch, ..] = images.dims();
        let mut features: Tensor<2> = images.flatten(1, 3);
        let mut passed = Vec::new();
        for layer in &self.hidden {
            let layer = self.normalisation.of(layer);
            features = layer.forward(features, self.activation.fused());
            passed.push((layer.weight, features.clone()));
        }
        let output = self.normalisation.of(&self.output);
        let logits = output.forward(features.clone(), Fused::Identity);
        let embedding = self.embedding.as_ref();
        let mut gradient = project_input_gradient(batch, output.weight, embedding, labels.clone());
        let logits = project(logits, features, embedding, labels);
        for (weight, output) in passed.into_iter().rev() {
            gradient = linear_input_gradient(gradient, output, weight, self.activation.fused());
        }
        InputGradient { logits, gradient: gradient.reshape(shape) }
    }
}

impl Activation {
    /// φ as the kernels know it.
    fn fused(self) -> Fused {
        match self {
            Self::Relu => Fused::Relu,
            Self::LeakyRelu => Fused::LeakyRelu(LEAK),
        }
    }
}

impl Normalisation {
    /// The layer as it is used.
    fn of(self, layer: &Linear) -> UsedLayer {
        let weight = match self {
            Self::None => layer.weight.val(),
            Self::Spectral => spectrally_normalised(layer.weight.val()),
        };
        UsedLayer { weight, ..UsedLayer::from(layer) }
    }
}

/// A layer with the weights that it is used with.
struct UsedLayer {
    weight: Tensor<2>,
    bias: Tensor<1>,
}

impl UsedLayer {
    /// One layer and what follows it, fused where the backend can.
    fn forward(&self, x: Tensor<2>, activation: Fused) -> Tensor<2> {
        linear(x, self.weight.clone(), self.bias.clone(), activation)
    }
}

impl From<&Linear> for UsedLayer {
    fn from(layer: &Linear) -> Self {
        let bias = layer.bias.as_ref().expect("`linear_layers` gives every layer a bias");
        Self { weight: layer.weight.val(), bias: bias.val() }
    }
}

/// Slope of the leaky ReLU below 0.
const LEAK: f32 = 0.2;

/// Glorot-uniform weights and zero biases for `inputs → hidden… → outputs`; layer `i` draws from
/// index `i` of the stream.
fn linear_layers(
    inputs: usize,
    hidden: &[usize],
    outputs: usize,
    rng: Rng,
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
            let weights = rng.uniform(stream, index as u64, fan_in * fan_out, -bound, bound);
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
