//! The networks that a file can name.

use std::fmt;
use std::sync::Arc;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gan_collective::Collective;
use gan_random::Rng;
use serde::{Deserialize, Serialize};

use super::dcgan::{
    DcganDiscriminator, DcganDiscriminatorConfig, DcganGenerator, DcganGeneratorConfig,
};
use super::mlp::{MlpDiscriminator, MlpDiscriminatorConfig, MlpGenerator, MlpGeneratorConfig};
use super::output::Output;
use super::residual::{
    ResidualDiscriminator, ResidualDiscriminatorConfig, ResidualGenerator, ResidualGeneratorConfig,
};
use super::traits::{Discriminate, Generate, InputGradient};
use crate::error::ConfigError;
use crate::latents::LatentSpace;

/// Parameters that a network may have. Training holds some six numbers for each, so that both
/// networks at their limit take less than 5 GB.
pub const MAX_PARAMETERS: usize = 100_000_000;

const TOO_LARGE: &str = "a network has at most 100,000,000 (training holds six numbers for each); make \
     its layers, the latent or the images smaller";

/// Enums over all networks, of which each passes what it is asked on to its variant. A row is
/// `/// Doc. Variant: (generator, its configuration), (discriminator, its configuration)`.
macro_rules! networks {
    ($(
        #[doc = $doc:literal]
        $Variant:ident: ($G:ident, $GConfig:ident), ($D:ident, $DConfig:ident);
    )*) => {
        /// A generator known by name, so that a file can describe it.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "network", rename_all = "kebab-case")]
        pub enum GeneratorConfig {
            $(#[doc = $doc] $Variant($GConfig),)*
        }

        /// A discriminator known by name, so that a file can describe it.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "network", rename_all = "kebab-case")]
        pub enum DiscriminatorConfig {
            $(#[doc = $doc] $Variant($DConfig),)*
        }

        /// The network of a [`GeneratorConfig`].
        #[derive(Module, Debug)]
        pub enum Generator {
            $(#[doc = $doc] $Variant($G),)*
        }

        /// The network of a [`DiscriminatorConfig`].
        // A program has one or two of these, so their size on the stack does not matter.
        #[allow(clippy::large_enum_variant)]
        #[derive(Module, Debug)]
        pub enum Discriminator {
            $(#[doc = $doc] $Variant($D),)*
        }

        impl Generate for Generator {
            fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4> {
                match self {
                    $(Self::$Variant(network) => network.generate(latents, labels),)*
                }
            }

            fn share_statistics(&mut self, ranks: &Arc<dyn Collective>) {
                match self {
                    $(Self::$Variant(network) => network.share_statistics(ranks),)*
                }
            }
        }

        impl Discriminate for Discriminator {
            fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
                match self {
                    $(Self::$Variant(network) => network.logits(images, labels),)*
                }
            }

            fn begin_update(&mut self) {
                match self {
                    $(Self::$Variant(network) => network.begin_update(),)*
                }
            }

            fn input_gradient(
                &self,
                images: Tensor<4>,
                labels: Option<Tensor<2>>,
            ) -> Option<InputGradient> {
                match self {
                    $(Self::$Variant(network) => network.input_gradient(images, labels),)*
                }
            }
        }

        impl GeneratorConfig {
            /// What follows its last layer.
            pub fn output(&self) -> Output {
                match self {
                    $(Self::$Variant(config) => config.output,)*
                }
            }

            /// Where the network's latents come from.
            pub fn latent_space(&self) -> LatentSpace {
                match self {
                    $(Self::$Variant(config) => config.latents,)*
                }
            }

            /// The network with initial weights that follow from `rng`.
            ///
            /// # Errors
            /// If the configuration is impossible, see [`GeneratorConfig::check`].
            pub fn init(&self, rng: Rng, device: &Device) -> Result<Generator, ConfigError> {
                self.check()?;
                Ok(match self {
                    $(Self::$Variant(config) => Generator::$Variant(config.init(rng, device)),)*
                })
            }

            /// Whether several processes on devices such as `device` can share its batches.
            ///
            /// # Errors
            /// Says why not.
            pub fn check_shareable(&self, device: &Device) -> Result<(), ConfigError> {
                match self {
                    $(Self::$Variant(config) => config.check_shareable(device),)*
                }
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
                    $(Self::$Variant(config) => Discriminator::$Variant(config.init(rng, device)),)*
                })
            }

            /// Whether the network offers its input gradient, which gradient penalties need.
            ///
            /// # Errors
            /// Says why not.
            pub fn check_input_gradient(&self) -> Result<(), ConfigError> {
                match self {
                    $(Self::$Variant(config) => config.check_input_gradient(),)*
                }
            }

            /// Whether several processes can share its batches.
            ///
            /// # Errors
            /// Says why not.
            pub fn check_shareable(&self) -> Result<(), ConfigError> {
                match self {
                    $(Self::$Variant(config) => config.check_shareable(),)*
                }
            }
        }

        /// Its layers by their widths, such as `mlp 100 → 128 → 784, 10 classes`.
        impl fmt::Display for GeneratorConfig {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$Variant(config) => write!(f, "{config}")?,)*
                }
                match self.classes() {
                    Some(classes) => write!(f, ", {classes} classes"),
                    None => Ok(()),
                }
            }
        }

        networks!(described GeneratorConfig: $($Variant)*);
        networks!(described DiscriminatorConfig: $($Variant)*);
    };

    // What configurations of generators and of discriminators have in common.
    (described $Config:ident: $($Variant:ident)*) => {
        impl $Config {
            /// Shape of one image: `[channels, height, width]`.
            pub fn image_shape(&self) -> [usize; 3] {
                match self {
                    $(Self::$Variant(config) => config.image_shape,)*
                }
            }

            /// Classes of a class-conditional network.
            pub fn classes(&self) -> Option<usize> {
                match self {
                    $(Self::$Variant(config) => config.classes,)*
                }
            }

            /// The same network, conditional on one of so many classes, or on none.
            pub fn with_classes(mut self, classes: Option<usize>) -> Self {
                match &mut self {
                    $(Self::$Variant(config) => config.classes = classes,)*
                }
                self
            }

            /// Makes every hidden layer `width` wide.
            pub fn set_width(&mut self, width: usize) {
                match self {
                    $(Self::$Variant(config) => config.set_width(width),)*
                }
            }

            /// Refuses what no network can be built from, and networks beyond [`MAX_PARAMETERS`].
            ///
            /// # Errors
            /// Names the first field that breaks a rule.
            pub fn check(&self) -> Result<(), ConfigError> {
                let count = self.parameter_count()?;
                match count <= MAX_PARAMETERS {
                    true => Ok(()),
                    false => Err(ConfigError::new("parameters", count, TOO_LARGE)),
                }
            }

            /// Parameters of the network, without building it: weights, and the running statistics
            /// of batch norm.
            ///
            /// # Errors
            /// Names the first field that breaks a rule.
            pub fn parameter_count(&self) -> Result<usize, ConfigError> {
                match self {
                    $(Self::$Variant(config) => config.parameter_count(),)*
                }
            }
        }
    };
}

networks! {
    /// Fully connected layers.
    Mlp: (MlpGenerator, MlpGeneratorConfig), (MlpDiscriminator, MlpDiscriminatorConfig);
    /// Strided and transposed convolutions, batch norm in the generator.
    Dcgan: (DcganGenerator, DcganGeneratorConfig), (DcganDiscriminator, DcganDiscriminatorConfig);
    /// Residual blocks without normalisation.
    Residual: (ResidualGenerator, ResidualGeneratorConfig),
        (ResidualDiscriminator, ResidualDiscriminatorConfig);
}
