//! What can keep a demonstration from being shown.

use gan_data::DataError;
use gan_metrics::{ExtractorError, MetricError};
use gan_model::{ConfigError, SampleError};
use gan_training::TrainError;

/// A demonstration that could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// Its data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A configuration that does not fit the data.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A run that failed, for another reason than the one shown.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Its samples.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// Its measurements.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// The classifier that reads its digits.
    #[error(transparent)]
    Extractor(#[from] ExtractorError),
    /// A folder for its data.
    #[error("a temporary folder: {0}")]
    TemporaryFolder(std::io::Error),
    /// Its page.
    #[error("the page: {0}")]
    Page(#[from] askama::Error),
}
