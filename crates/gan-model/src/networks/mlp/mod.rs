//! Fully connected networks of any widths, the tutorial's among them.
//!
//! ```text
//! latents [batch, latent_dim] ─ linear ─ ReLU ─ … ─ linear ─ sigmoid ─ images [batch, c, h, w]
//! images  [batch, c, h, w] ─ flatten ─ linear ─ ReLU ─ … ─ linear ─ logits [batch, 1]
//! ```
//!
//! The ReLUs may be leaky, and the sigmoid may be left out for data that are no images.

mod discriminator;
mod generator;

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use gan_kernels::{Activation as Fused, linear};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use crate::error::ConfigError;
use crate::initial::check_image_shape;

pub use discriminator::{MlpDiscriminator, MlpDiscriminatorConfig};
pub use generator::{MlpGenerator, MlpGeneratorConfig};

/// What follows a hidden layer. Piecewise linear, so that input gradients are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// max(x, 0), as in the tutorial.
    #[default]
    Relu,
    /// x where it is positive, 0.2 · x elsewhere.
    LeakyRelu,
}

/// Slope of the leaky ReLU below 0.
const NEGATIVE_SLOPE: f32 = 0.2;

impl Activation {
    /// φ as the kernels know it.
    fn fused(self) -> Fused {
        match self {
            Self::Relu => Fused::Relu,
            Self::LeakyRelu => Fused::LeakyRelu(NEGATIVE_SLOPE),
        }
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
    check_image_shape(image_shape)?;
    Ok(image_shape.iter().product())
}
