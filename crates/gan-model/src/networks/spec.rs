//! What describes a network, so that a run can build it and a file can name it.

use std::fmt::Debug;

use burn::module::Module;
use burn::tensor::Device;
use gan_random::Rng;
use serde::{Serialize, de::DeserializeOwned};

use super::by_name::{Discriminator, DiscriminatorConfig, Generator, GeneratorConfig};
use super::output::Output;
use super::traits::{Discriminate, Generate};
use crate::error::ConfigError;
use crate::latents::LatentSpace;

/// The description of a generator. Implement it for one of your own: a `Trainer` then builds the network,
/// and its snapshots and checkpoints carry the description as JSON.
///
/// [`GeneratorConfig`] is that of the library's own networks.
pub trait GeneratorSpec:
    Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static
{
    /// The network. Files keep its float parameters, and nothing else.
    type Network: Generate + Module + Send + Sync + 'static;

    /// The network with initial weights that follow from `rng`, so that a run can be repeated: those
    /// of [`init_weights`](crate::init_weights), or your own. [`GeneratorSpec::check`] has passed.
    fn init(&self, rng: Rng, device: &Device) -> Self::Network;

    /// Where its latents come from.
    fn latent_space(&self) -> LatentSpace;

    /// Shape of one image: `[channels, height, width]`.
    fn image_shape(&self) -> [usize; 3];

    /// Classes of a class-conditional network.
    fn classes(&self) -> Option<usize> {
        None
    }

    /// What follows its last layer, which says where its values lie: in `[0, 1]`, unless it is
    /// [`Output::Linear`].
    fn output(&self) -> Output {
        Output::Sigmoid
    }

    /// Refuses what no network can be built from.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    fn check(&self) -> Result<(), ConfigError> {
        Ok(())
    }

    /// How many numbers a file holds of it, if that can be said without building it: files with
    /// another number are then refused before anything is allocated.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    fn parameter_count(&self) -> Result<Option<usize>, ConfigError> {
        Ok(None)
    }

    /// Whether several processes on devices such as `device` can share its batches. They can where each
    /// image depends on its own latent alone, or where [`Generate::share_statistics`] sees to it.
    ///
    /// # Errors
    /// Says why not; always, unless implemented.
    fn check_shareable(&self, device: &Device) -> Result<(), ConfigError> {
        let _ = device;
        Err(ConfigError::new("generator", self, NOT_SAID))
    }
}

/// The description of a discriminator. Implement it for one of your own.
///
/// [`DiscriminatorConfig`] is that of the library's own networks.
pub trait DiscriminatorSpec:
    Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static
{
    /// The network. Files keep its float parameters, and nothing else.
    type Network: Discriminate + Module + Send + Sync + 'static;

    /// The network with initial weights that follow from `rng`, see [`GeneratorSpec::init`].
    /// [`DiscriminatorSpec::check`] has passed.
    fn init(&self, rng: Rng, device: &Device) -> Self::Network;

    /// Shape of one image: `[channels, height, width]`.
    fn image_shape(&self) -> [usize; 3];

    /// Classes of a class-conditional network.
    fn classes(&self) -> Option<usize> {
        None
    }

    /// Refuses what no network can be built from.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    fn check(&self) -> Result<(), ConfigError> {
        Ok(())
    }

    /// Whether the network offers its input gradient ([`Discriminate::input_gradient`]), which gradient
    /// penalties need.
    ///
    /// # Errors
    /// Says why not; always, unless implemented.
    fn check_input_gradient(&self) -> Result<(), ConfigError> {
        Err(ConfigError::new("discriminator", self, NO_INPUT_GRADIENT))
    }

    /// How many numbers a file holds of it, see [`GeneratorSpec::parameter_count`].
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    fn parameter_count(&self) -> Result<Option<usize>, ConfigError> {
        Ok(None)
    }

    /// Whether several processes can share its batches: whether each logit depends on its own image
    /// alone.
    ///
    /// # Errors
    /// Says why not; always, unless implemented.
    fn check_shareable(&self) -> Result<(), ConfigError> {
        Err(ConfigError::new("discriminator", self, NOT_SAID))
    }
}

const NO_INPUT_GRADIENT: &str = "a gradient penalty needs its input gradient, and it does not say that it \
     offers one: implement `Discriminate::input_gradient` and `check_input_gradient`, or set the penalties to 0";

const NOT_SAID: &str = "it does not say that processes can share its batches: implement \
     `check_shareable`, or train in one process";

const CHECKED: &str = "its configuration was checked";

impl GeneratorSpec for GeneratorConfig {
    type Network = Generator;

    fn init(&self, rng: Rng, device: &Device) -> Generator {
        self.init(rng, device).expect(CHECKED)
    }

    fn latent_space(&self) -> LatentSpace {
        self.latent_space()
    }

    fn image_shape(&self) -> [usize; 3] {
        self.image_shape()
    }

    fn classes(&self) -> Option<usize> {
        self.classes()
    }

    fn output(&self) -> Output {
        self.output()
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.check()
    }

    fn parameter_count(&self) -> Result<Option<usize>, ConfigError> {
        self.parameter_count().map(Some)
    }

    fn check_shareable(&self, device: &Device) -> Result<(), ConfigError> {
        self.check_shareable(device)
    }
}

impl DiscriminatorSpec for DiscriminatorConfig {
    type Network = Discriminator;

    fn init(&self, rng: Rng, device: &Device) -> Discriminator {
        self.init(rng, device).expect(CHECKED)
    }

    fn image_shape(&self) -> [usize; 3] {
        self.image_shape()
    }

    fn classes(&self) -> Option<usize> {
        self.classes()
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.check()
    }

    fn check_input_gradient(&self) -> Result<(), ConfigError> {
        self.check_input_gradient()
    }

    fn parameter_count(&self) -> Result<Option<usize>, ConfigError> {
        self.parameter_count().map(Some)
    }

    fn check_shareable(&self) -> Result<(), ConfigError> {
        self.check_shareable()
    }
}
