//! Batches that are shared among processes: networks whose images know of each other.

use std::sync::Arc;

use burn::tensor::Device;
use gan_collective::Collective;
use gan_kernels::shares_batch_norm;

use super::by_name::{DiscriminatorConfig, Generator, GeneratorConfig};
use crate::error::ConfigError;

impl Generator {
    /// From now on what it takes of a whole batch (the statistics of batch norm), it takes of the batch that
    /// all `ranks` share. [`GeneratorConfig::check_shareable`] says whether it can.
    pub fn share_statistics(&mut self, ranks: &Arc<dyn Collective>) {
        match self {
            Self::Dcgan(network) => network.share_statistics(ranks),
            Self::Mlp(_) | Self::Residual(_) => {}
        }
    }
}

impl GeneratorConfig {
    /// Whether several processes on devices such as `device` can share its batches.
    ///
    /// # Errors
    /// Says why not.
    pub fn check_shareable(&self, device: &Device) -> Result<(), ConfigError> {
        match self {
            Self::Dcgan(_) if !shares_batch_norm(device) => Err(ConfigError::new(
                "generator.network",
                "dcgan",
                "its batch norm takes statistics of the whole batch, which processes share on the backend \
                 flex only: --backend flex, or a network without batch norm, such as that of r3-small",
            )),
            Self::Dcgan(_) | Self::Mlp(_) | Self::Residual(_) => Ok(()),
        }
    }
}

impl DiscriminatorConfig {
    /// Whether several processes can share its batches.
    ///
    /// # Errors
    /// Says why not.
    pub fn check_shareable(&self) -> Result<(), ConfigError> {
        let minibatch_std = match self {
            Self::Mlp(config) => config.minibatch_std,
            Self::Dcgan(config) => config.minibatch_std,
            Self::Residual(_) => false,
        };
        match minibatch_std {
            false => Ok(()),
            true => Err(ConfigError::new(
                "discriminator.minibatch_std",
                true,
                "it compares the images of a whole batch, of which each process sees a part: omit it, or \
                 train in one process",
            )),
        }
    }
}
