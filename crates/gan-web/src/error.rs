//! What can go wrong in the lab.

use gan_data::DataError;
use gan_metrics::{ExtractorError, MetricError};
use gan_model::{ConfigError, SampleError, SnapshotError};
use gan_training::{CheckpointError, NonFinite, ObserverError, StepError};

/// Something that the page tells its reader.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// There is no such preset.
    #[error("there is no preset called {0:?}")]
    NoPreset(String),
    /// There is no such set of points.
    #[error("there is no set of points called {0:?}")]
    NoPoints(String),
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
    /// A watch could not look at the run.
    #[error(transparent)]
    Watch(#[from] ObserverError),
    /// There is no classifier for these images.
    #[error("quality is measured of MNIST's digits alone: there is no classifier for other data")]
    NoDigits,
    /// The classifier's file is damaged.
    #[error(transparent)]
    Classifier(#[from] ExtractorError),
    /// A distance has no value.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// A snapshot of other images than the page shows.
    #[error("it draws images of {0:?}; the page shows those of [1, 28, 28]")]
    Shape([usize; 3]),
    /// Latents of another generator.
    #[error("{found} values are not latents of {dim} dimensions")]
    Latents {
        /// How many values came.
        found: usize,
        /// The generator's latent dimension.
        dim: usize,
    },
}
