//! From the configuration of a network to its chain of layers; a file for each network.

mod dcgan;
mod mlp;
mod residual;

use gan_model::{DiscriminatorConfig, GeneratorConfig};

use crate::layers::{Layer, Weight};

/// A generator: latents, joined with the vector of the class if it has one, through `layers`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GeneratorLayers {
    /// `[classes, latent_dim]`, of a class-conditional one.
    pub(crate) embedding: Option<Weight>,
    /// From latents to images.
    pub(crate) layers: Vec<Layer>,
}

/// A discriminator: images to features φ, and the logit
/// `w·φ + b (+ s · minibatch std of φ) (+ e(class)·φ)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DiscriminatorLayers {
    /// From images to features.
    pub(crate) layers: Vec<Layer>,
    /// `[features]` to the logit: a linear layer.
    pub(crate) output: Layer,
    /// `[1, 1]`: how much the minibatch's standard deviation counts.
    pub(crate) minibatch_std: Option<Weight>,
    /// `[classes, features]`, of a class-conditional one.
    pub(crate) embedding: Option<Weight>,
}

impl GeneratorLayers {
    pub(crate) fn of(config: &GeneratorConfig) -> Self {
        match config {
            GeneratorConfig::Mlp(config) => mlp::generator(config),
            GeneratorConfig::Dcgan(config) => dcgan::generator(config),
            GeneratorConfig::Residual(config) => residual::generator(config),
        }
    }
}

impl DiscriminatorLayers {
    pub(crate) fn of(config: &DiscriminatorConfig) -> Self {
        match config {
            DiscriminatorConfig::Mlp(config) => mlp::discriminator(config),
            DiscriminatorConfig::Dcgan(config) => dcgan::discriminator(config),
            DiscriminatorConfig::Residual(config) => residual::discriminator(config),
        }
    }
}

/// A linear layer called `name` in our files, with a bias.
fn linear(name: &str, inputs: usize, outputs: usize) -> Layer {
    let weight = Weight::linear(format!("{name}.weight"), inputs, outputs);
    Layer::Linear { weight, bias: Some(bias(name, outputs)) }
}

fn bias(name: &str, outputs: usize) -> Weight {
    Weight::same(format!("{name}.bias"), &[outputs])
}

/// The vectors of a generator's classes.
fn latent_embedding(classes: Option<usize>, latent_dim: usize) -> Option<Weight> {
    classes.map(|classes| Weight::same("embedding.weight", &[classes, latent_dim]))
}

/// Width of what a generator's first layer sees: a latent, and as wide a vector of its class.
fn joined_width(latent_dim: usize, classes: Option<usize>) -> usize {
    match classes {
        Some(_) => 2 * latent_dim,
        None => latent_dim,
    }
}

/// What follows a generator's last layer.
fn output(output: gan_model::Output) -> Option<Layer> {
    match output {
        gan_model::Output::Sigmoid => Some(Layer::Sigmoid),
        gan_model::Output::HardSigmoid => Some(Layer::HardSigmoid),
        gan_model::Output::Linear => None,
    }
}
