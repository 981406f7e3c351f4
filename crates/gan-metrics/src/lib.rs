//! Numbers about sets of images, given as features: how far generated samples are from real ones,
//! how much of the data they cover, whether they are copies, and how sure each number is.
//!
//! Nothing here knows what a GAN is. A set of samples is [`Features`], one row for each; where they
//! come from ([`Extractor`]: a classifier's activations, pixels; or a file) is for the caller. [`Suite`] measures all
//! that fits with real-against-real floors beside it; the functions below it are the metrics one by
//! one:
//!
//! | function | paper, reference code |
//! |---|---|
//! | [`frechet_distance`], [`fd_infinity`] | Heusel et al. 2017, pytorch-fid; Chong and Forsyth 2020, dgm-eval |
//! | [`kernel_distance`] | Bińkowski et al. 2018, torch-fidelity |
//! | [`precision_recall`] | Kynkäänniemi et al. 2019 |
//! | [`density_coverage`] | Naeem et al. 2020, `prdc` |
//! | [`class_accuracy`], [`class_score`], [`category_report`] | Salimans et al. 2016, TF-GAN; VEEGAN, PacGAN |
//! | [`Mixture::score`], [`stacked_modes`] | VEEGAN, PacGAN |
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

mod categories;
mod chance;
mod classes;
mod data_copying;
mod density_coverage;
mod distances;
mod diversity;
mod error;
mod extractor;
mod extractor_error;
mod fd_infinity;
mod features;
mod frechet;
mod inception;
mod interval;
mod k_means;
mod kid;
mod measurement;
mod memorisation;
mod metric;
mod mnistcnn;
mod modes;
mod neighbours;
mod pixels;
mod precision_recall;
mod statistics_file;
mod suite;
mod train_extractor;

pub use categories::{CategoryReport, category_report, category_shares, uniform_shares};
pub use classes::{ClassProbabilities, class_accuracy, class_score};
pub use data_copying::{data_copying, mann_whitney_z};
pub use density_coverage::{DensityCoverage, density_coverage};
pub use diversity::mean_pairwise_distance;
pub use error::MetricError;
pub use extractor::{Extractor, Outputs};
pub use extractor_error::ExtractorError;
pub use fd_infinity::fd_infinity;
pub use features::Features;
pub use frechet::{Statistics, frechet_distance};
pub use inception::Inception;
pub use interval::{Estimate, Interval, MOST_HALF_SAMPLES, Resampling};
pub use k_means::Cells;
pub use kid::{KidSettings, kernel_distance};
pub use measurement::{ExtractorId, Measurement, measurement_name};
pub use memorisation::{authenticity, nearest_training_images};
pub use metric::{Better, Metric};
pub use mnistcnn::{Description, MnistCnn};
pub use modes::{Mixture, MixtureScore, STACKED_MODES, stacked_modes};
pub use neighbours::{Neighbour, Neighbourhood, nearest};
pub use pixels::Pixels;
pub use precision_recall::{PrecisionRecall, precision_recall};
pub use statistics_file::{read_features, read_statistics, write_statistics};
pub use suite::{Labels, Sets, Sizes, Suite, SuiteSettings};
pub use train_extractor::{ExtractorTraining, LabelledImages, TrainingProgress, train_extractor};
