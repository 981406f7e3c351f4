//! What can go wrong in the lab.

use gan_data::DataError;
use gan_model::{ConfigError, SampleError, SnapshotError};
use gan_training::{CheckpointError, NonFinite, StepError};

/// Something that the page tells its reader.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// There is no such preset.
    #[error("there is no preset called {0:?}")]
    NoPreset(String),
    /// The configuration is not JSON, or a field is missing or unknown.
    #[error("the configuration: {0}")]
    Json(#[from] serde_json::Error),
    /// A value of the configuration is impossible.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data is damaged.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The stored run is damaged, or is of other data.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The file is no snapshot, or a damaged one.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// Nothing can be drawn from what was asked for.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A step could not be taken.
    #[error(transparent)]
    Step(#[from] StepError),
    /// Training has diverged.
    #[error(transparent)]
    NonFinite(#[from] NonFinite),
    /// Latents of another generator.
    #[error("{found} values are not latents of {dim} dimensions")]
    Latents {
        /// How many values came.
        found: usize,
        /// The generator's latent dimension.
        dim: usize,
    },
}
