//! Networks, latents and snapshots of generative adversarial networks.
//!
//! Everything a program needs to draw from a trained generator, and nothing else: no data sets,
//! no training loop, no terminal.
//!
//! ```no_run
//! use burn::tensor::Device;
//! use gan_model::{Generate, Snapshot};
//!
//! # fn draw(device: &Device) -> Result<(), Box<dyn std::error::Error>> {
//! let snapshot = Snapshot::open("snapshot-060000.safetensors")?;
//! let generator = snapshot.generator(device)?;
//! let latents = snapshot.latent_space().for_seeds(&[0, 1, 2, 3], device);
//! let images = generator.generate(latents, None); // f32 [4, 1, 28, 28] in [0, 1]
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

mod condition;
mod dcgan;
mod error;
mod initial;
mod latents;
pub mod layers;
mod minibatch;
mod mlp;
mod network;
mod output;
mod residual;
mod snapshot;
mod spectral;

pub use condition::{ClassEmbedding, one_hot};
pub use dcgan::{
    DcganDiscriminator, DcganDiscriminatorConfig, DcganGenerator, DcganGeneratorConfig,
};
pub use error::{ConfigError, SnapshotError};
pub use latents::{LatentDistribution, LatentSpace};
pub use minibatch::{MinibatchDeviation, mean_deviation};
pub use mlp::{
    Activation, MlpDiscriminator, MlpDiscriminatorConfig, MlpGenerator, MlpGeneratorConfig,
    Normalisation,
};
pub use network::{
    DifferentiateInput, Discriminate, Discriminator, DiscriminatorConfig, Generate, Generator,
    GeneratorConfig, InputGradient,
};
pub use output::Output;
pub use residual::{
    ResidualDiscriminator, ResidualDiscriminatorConfig, ResidualGenerator, ResidualGeneratorConfig,
    ResidualStages,
};
pub use snapshot::{Snapshot, SnapshotInfo};
pub use spectral::spectrally_normalised;
