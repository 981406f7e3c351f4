//! Networks, latents and snapshots of generative adversarial networks.
//!
//! Everything a program needs to draw from a trained generator, and nothing else: no data sets,
//! no training loop, no terminal.
//!
//! ```no_run
//! use burn::tensor::Device;
//! use gan_model::{SampleRequest, Sampler, Snapshot};
//!
//! # fn draw(device: &Device) -> Result<(), Box<dyn std::error::Error>> {
//! let snapshot = Snapshot::open("snapshot-060000.safetensors")?;
//! let sampler = Sampler::from_snapshot(&snapshot, device)?;
//! let images = sampler.images(&SampleRequest::seeds(0..4))?; // f32 [4, 1, 28, 28] in [0, 1]
//! # Ok(())
//! # }
//! ```
//!
//! Conventions that hold for the whole workspace:
//!
//! - images are `f32 [batch, channels, height, width]` in `[0, 1]`;
//! - discriminators return logits, `f32 [batch, 1]`, larger for "real";
//! - every random number is a function of (seed, stream, index), see [`gan_random`];
//! - nothing here prints, reads the environment or chooses a device.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod check_gradient;
mod conditioning;
mod error;
mod init_weights;
mod initial;
mod latents;
pub mod layers;
mod networks;
mod sampler;
mod snapshot;

pub use check_gradient::{GradientCheck, check_input_gradient};
pub use conditioning::{ClassEmbedding, one_hot};
pub use error::{ConfigError, SampleError, SnapshotError};
pub use init_weights::init_weights;
pub use latents::{LatentDistribution, LatentSpace};
pub use networks::{
    Activation, DcganDiscriminator, DcganDiscriminatorConfig, DcganGenerator, DcganGeneratorConfig,
    Discriminate, Discriminator, DiscriminatorConfig, DiscriminatorSpec, Generate, Generator,
    GeneratorConfig, GeneratorSpec, InputGradient, MAX_PARAMETERS, MlpDiscriminator,
    MlpDiscriminatorConfig, MlpGenerator, MlpGeneratorConfig, Output, ResidualDiscriminator,
    ResidualDiscriminatorConfig, ResidualGenerator, ResidualGeneratorConfig, ResidualStages,
};
pub use sampler::{SampleRequest, Sampler};
pub use snapshot::{Snapshot, SnapshotInfo};
