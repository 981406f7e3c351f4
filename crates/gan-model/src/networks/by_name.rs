//! What a generator and a discriminator are, and the ones this crate knows by name.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::{
    ConfigError, DcganDiscriminator, DcganDiscriminatorConfig, DcganGenerator,
    DcganGeneratorConfig, LatentSpace, MlpDiscriminator, MlpDiscriminatorConfig, MlpGenerator,
    MlpGeneratorConfig, Output, ResidualDiscriminator, ResidualDiscriminatorConfig,
    ResidualGenerator, ResidualGeneratorConfig, one_hot,
};
use gan_random::Rng;

/// A network that turns latents into images. Implement it for a network of your own.
pub trait Generate {
    /// Latents `[batch, latent_dim]` to images `[batch, channels, height, width]` in `[0, 1]`.
    ///
    /// `labels` are one-hot, `[batch, classes]`, for a conditional network.
    fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4>;
}

/// A network that tells real images from generated ones. Implement it for a network of your own.
pub trait Discriminate {
    /// Images `[batch, channels, height, width]` to logits `[batch, 1]`: D(x) = σ(logit).
    ///
    /// `labels` are one-hot, `[batch, classes]`, for a conditional network.
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2>;
}

/// A discriminator that can say how its logits change with the images, in a form that can be
/// trained through: what exact gradient penalties are made of.
///
/// Autodiff here is first order: the gradient that it gives is a constant, and a penalty on it would
/// train nothing. So the network writes its input gradient down as ordinary tensor operations, which
/// autodiff follows: linear → product with the transposed weight, convolution → transposed
/// convolution, ReLU → product with its mask. That is exact where every activation is piecewise
/// linear. A network in which one image's logit depends on other images of the batch (batch
/// normalisation) has no such gradient.
pub trait DifferentiateInput: Discriminate {
    /// Logits, and the gradient of their sum in the images, both tracked.
    ///
    /// Since a logit depends on its own image alone, row `i` of the gradient is ∇ₓD at image `i`.
    /// `labels` are one-hot, `[batch, classes]`, for a conditional network.
    fn input_gradient(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> InputGradient;
}

/// What [`DifferentiateInput::input_gradient`] gives.
#[derive(Clone, Debug)]
pub struct InputGradient {
    /// The discriminator's logits, `[batch, 1]`.
    pub logits: Tensor<2>,
    /// ∇ₓD for each image, `[batch, channels, height, width]`.
    pub gradient: Tensor<4>,
}

/// A generator known by name, so that a file can describe it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "network", rename_all = "kebab-case")]
pub enum GeneratorConfig {
    /// Fully connected layers.
    Mlp(MlpGeneratorConfig),
    /// Transposed convolutions and batch norm.
    Dcgan(DcganGeneratorConfig),
    /// Residual blocks without normalisation.
    Residual(ResidualGeneratorConfig),
}

/// A discriminator known by name, so that a file can describe it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "network", rename_all = "kebab-case")]
pub enum DiscriminatorConfig {
    /// Fully connected layers.
    Mlp(MlpDiscriminatorConfig),
    /// Convolutions that halve the size.
    Dcgan(DcganDiscriminatorConfig),
    /// Residual blocks without normalisation.
    Residual(ResidualDiscriminatorConfig),
}

/// The network of a [`GeneratorConfig`].
#[derive(Module, Debug)]
pub enum Generator {
    /// Fully connected layers.
    Mlp(MlpGenerator),
    /// Transposed convolutions and batch norm.
    Dcgan(DcganGenerator),
    /// Residual blocks without normalisation.
    Residual(ResidualGenerator),
}

/// The network of a [`DiscriminatorConfig`].
// A program has one or two of these, so their size on the stack does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
pub enum Discriminator {
    /// Fully connected layers.
    Mlp(MlpDiscriminator),
    /// Convolutions that halve the size.
    Dcgan(DcganDiscriminator),
    /// Residual blocks without normalisation.
    Residual(ResidualDiscriminator),
}

impl Generate for Generator {
    fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4> {
        match self {
            Self::Mlp(network) => network.generate(latents, labels),
            Self::Dcgan(network) => network.generate(latents, labels),
            Self::Residual(network) => network.generate(latents, labels),
        }
    }
}

impl Discriminate for Discriminator {
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        match self {
            Self::Mlp(network) => network.logits(images, labels),
            Self::Dcgan(network) => network.logits(images, labels),
            Self::Residual(network) => network.logits(images, labels),
        }
    }
}

impl DifferentiateInput for Discriminator {
    fn input_gradient(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> InputGradient {
        match self {
            Self::Mlp(network) => network.input_gradient(images, labels),
            Self::Dcgan(network) => network.input_gradient(images, labels),
            Self::Residual(network) => network.input_gradient(images, labels),
        }
    }
}

impl GeneratorConfig {
    /// Whether its values may lie outside `[0, 1]`.
    pub fn is_unbounded(&self) -> bool {
        self.output() == Output::Linear
    }

    /// What follows its last layer.
    pub fn output(&self) -> Output {
        match self {
            Self::Mlp(config) => config.output,
            Self::Dcgan(config) => config.output,
            Self::Residual(config) => config.output,
        }
    }

    /// The network with initial weights that follow from `rng`.
    ///
    /// # Errors
    /// If the configuration is impossible, see [`GeneratorConfig::check`].
    pub fn init(&self, rng: Rng, device: &Device) -> Result<Generator, ConfigError> {
        self.check()?;
        Ok(match self {
            Self::Mlp(config) => Generator::Mlp(config.init(rng, device)),
            Self::Dcgan(config) => Generator::Dcgan(config.init(rng, device)),
            Self::Residual(config) => Generator::Residual(config.init(rng, device)),
        })
    }

    /// Where the network's latents come from.
    pub fn latent_space(&self) -> LatentSpace {
        match self {
            Self::Mlp(config) => config.latents,
            Self::Dcgan(config) => config.latents,
            Self::Residual(config) => config.latents,
        }
    }

    /// The classes that seeds draw where nobody asks for others: seed modulo classes, one-hot,
    /// `[seeds.len(), classes]`; `None` for an unconditional network.
    pub fn labels_for_seeds(&self, seeds: &[u64], device: &Device) -> Option<Tensor<2>> {
        let classes = self.classes()?;
        let labels: Vec<usize> =
            seeds.iter().map(|seed| (seed % classes as u64) as usize).collect();
        Some(one_hot(&labels, classes, device))
    }
}

impl DiscriminatorConfig {
    /// The network with initial weights that follow from `rng`.
    ///
    /// # Errors
    /// If the configuration is impossible, see [`DiscriminatorConfig::check`].
    pub fn init(&self, rng: Rng, device: &Device) -> Result<Discriminator, ConfigError> {
        self.check()?;
        Ok(match self {
            Self::Mlp(config) => Discriminator::Mlp(config.init(rng, device)),
            Self::Dcgan(config) => Discriminator::Dcgan(config.init(rng, device)),
            Self::Residual(config) => Discriminator::Residual(config.init(rng, device)),
        })
    }

    /// Whether the network offers its input gradient, which gradient penalties need.
    ///
    /// # Errors
    /// Says why not.
    pub fn differentiates_input(&self) -> Result<(), ConfigError> {
        let sees_batch = match self {
            Self::Mlp(config) => config.minibatch_deviation,
            Self::Dcgan(config) => config.minibatch_deviation,
            Self::Residual(_) => false,
        };
        if sees_batch {
            let rule = "each logit then depends on the whole batch and has no gradient in one image \
                        alone, which penalties need: leave it or the penalties away";
            return Err(ConfigError::new("discriminator.minibatch_deviation", true, rule));
        }
        // All layers are linear, between piecewise linear activations.
        Ok(())
    }
}

/// What generators' and discriminators' configurations say alike.
macro_rules! describe {
    ($Config:ty) => {
        impl $Config {
            /// Shape of one image: `[channels, height, width]`.
            pub fn image_shape(&self) -> [usize; 3] {
                match self {
                    Self::Mlp(config) => config.image_shape,
                    Self::Dcgan(config) => config.image_shape,
                    Self::Residual(config) => config.image_shape,
                }
            }

            /// Classes of a conditional network.
            pub fn classes(&self) -> Option<usize> {
                match self {
                    Self::Mlp(config) => config.classes,
                    Self::Dcgan(config) => config.classes,
                    Self::Residual(config) => config.classes,
                }
            }

            /// The same network, told one of so many classes, or of none.
            pub fn with_classes(mut self, classes: Option<usize>) -> Self {
                match &mut self {
                    Self::Mlp(config) => config.classes = classes,
                    Self::Dcgan(config) => config.classes = classes,
                    Self::Residual(config) => config.classes = classes,
                }
                self
            }

            /// Refuses what no network can be built from.
            ///
            /// # Errors
            /// Names the first field that breaks a rule.
            pub fn check(&self) -> Result<(), ConfigError> {
                self.parameter_count().map(|_| ())
            }

            /// Numbers in the network, without building it: weights, and the running statistics of
            /// batch norm.
            ///
            /// # Errors
            /// Names the first field that breaks a rule.
            pub fn parameter_count(&self) -> Result<usize, ConfigError> {
                match self {
                    Self::Mlp(config) => config.parameter_count(),
                    Self::Dcgan(config) => config.parameter_count(),
                    Self::Residual(config) => config.parameter_count(),
                }
            }
        }
    };
}

describe!(GeneratorConfig);
describe!(DiscriminatorConfig);
