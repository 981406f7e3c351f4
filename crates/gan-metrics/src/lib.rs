//! Numbers about sets of images, given as features: how far generated samples are from real ones,
//! how much of the data they cover, whether they are copies, and how sure each number is.
//!
//! Nothing here knows what a GAN is. A set of samples is [`Features`], one row for each; where they
//! come from ([`Extractor`]: a classifier's activations, pixels; or a file) is for the caller. [`Suite`] measures all
//! that fits, the rows of [`METRICS`], with real-against-real baselines beside it; the functions
//! below it are the metrics one by one:
//!
//! | function | paper, reference code |
//! |---|---|
//! | [`frechet_distance`], [`fd_infinity`] | Heusel et al. 2017, pytorch-fid; Chong and Forsyth 2020, dgm-eval |
//! | [`kernel_distance`] | Bińkowski et al. 2018, torch-fidelity |
//! | [`precision_recall`] | Kynkäänniemi et al. 2019 |
//! | [`density_coverage`] | Naeem et al. 2020, `prdc` |
//! | [`class_accuracy`], [`class_score`], [`category_report`] | Salimans et al. 2016, TF-GAN; VEEGAN, PacGAN |
//! | [`ModeHits::score`], [`Mixture`] | VEEGAN, PacGAN |
//! | [`authenticity`], [`data_copying`] | Alaa et al. 2022, dgm-eval; Meehan et al. 2020 |
//! | [`mean_pairwise_distance`] | |
//!
//! All sums are in f64, results are the same for any number of threads, and every random choice is a
//! function of a seed. What has no answer (too few samples, other dimensions) is a [`MetricError`];
//! constant and collapsed sets have answers.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod confidence;
mod error;
mod extracted;
mod extractors;
mod features;
mod gaussian;
mod inputs;
mod measurement;
mod metrics;
mod neighbours;
pub mod oracles;
mod suite;
mod table;

pub use confidence::{Estimate, Interval, MAX_SPLITS, Resampling};
pub use error::MetricError;
pub use extracted::Extracted;
pub use extractors::{
    Description, Extractor, ExtractorError, ExtractorTraining, Inception, LabelledImages, MnistCnn,
    Outputs, Pixels, RandomCnn, TrainingProgress, train_extractor,
};
pub use features::Features;
pub use gaussian::Statistics;
pub use gaussian::statistics_file::{read_features, read_statistics, write_statistics};
pub use inputs::{DENSITY_COVERAGE_K, Inputs, PRECISION_RECALL_K, Reals};
pub use measurement::{ExtractorId, Measurement, measurement_name};
pub use metrics::authenticity::{authenticity, nearest_training_images};
pub use metrics::categories::{
    CategoryData, CategoryReport, category_report, category_shares, uniform_shares,
};
pub use metrics::classes::{ClassProbabilities, class_accuracy, class_score};
pub use metrics::data_copying::{data_copying, mann_whitney_z};
pub use metrics::density_coverage::{DensityCoverage, density_coverage};
pub use metrics::diversity::mean_pairwise_distance;
pub use metrics::fd_infinity::fd_infinity;
pub use metrics::frechet::frechet_distance;
pub use metrics::kid::kernel_distance;
pub use metrics::modes::{Mixture, ModeHits, ModeScore, STACKED_MODES};
pub use metrics::precision_recall::{PrecisionRecall, precision_recall};
pub use neighbours::k_means::Cells;
pub use neighbours::{Neighbour, Neighbourhood, nearest};
pub use suite::{Comparison, Sizes, Suite, SuiteSettings};
pub use table::{Better, METRICS, Metric, Need};
