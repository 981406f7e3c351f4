//! Why something is not measured.

use std::path::PathBuf;

use gan_data::DataError;
use gan_metrics::{ExtractorError, MetricError};
use gan_model::{SampleError, SnapshotError};
use gan_run::RunError;
use gan_weights::WeightsError;

/// A measurement that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// Fewer samples than any metric can do with.
    #[error(
        "too few samples, {samples}: the Fréchet distance, the metric that needs fewest, takes at \
         least {needed}"
    )]
    TooFewSamples {
        /// Samples asked for.
        samples: usize,
        /// The least that would do.
        needed: usize,
    },
    /// More samples than there are real images to compare with.
    #[error("{samples} samples are more than the {images} images of {data} to compare with")]
    TooManySamples {
        /// Samples asked for.
        samples: usize,
        /// Name of the data.
        data: String,
        /// Its images.
        images: usize,
    },
    /// The last seed would be beyond the largest.
    #[error(
        "{samples} samples from seed {seed} on: the last would be beyond the largest seed, {}",
        u64::MAX
    )]
    Seeds {
        /// The first seed.
        seed: u64,
        /// Samples asked for.
        samples: usize,
    },
    /// A name that is neither of an extractor nor of a file.
    #[error("there is no extractor `{0}`, and no such file")]
    NoExtractor(String),
    /// Inception without its weights.
    #[error("the extractor inception needs its weights")]
    NoInceptionWeights,
    /// A metric that cannot be measured on this data.
    #[error("{metric} cannot be measured: {problem}")]
    Unmeasurable {
        /// Its full name.
        metric: String,
        /// Why.
        problem: String,
    },
    /// Images that the generator cannot be asked for.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A snapshot that no images can be drawn from.
    #[error("{}: {source}", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SnapshotError,
    },
    /// Images that cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// An extractor.
    #[error(transparent)]
    Extractor(#[from] ExtractorError),
    /// A metric, or a file of features.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// What another of the processes that measure together has met.
    #[error("rank {rank}: {problem}")]
    Rank {
        /// Its number.
        rank: usize,
        /// What it says.
        problem: String,
    },
    /// What another process has sent.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A run folder.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The system gives no threads.
    #[error("no threads to evaluate on: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}
