//! Measuring what a generator draws, or a set of images, against real images.
//!
//! - [`Subject`]: a generator or a set of images;
//! - [`Evaluator`]: an extractor, how many images it looks at, and which;
//! - [`Reference`]: the real images, with their baseline; features are kept in a [`FeatureCache`];
//! - [`MetricName`]: a metric, its extractor and the number of samples, as in `fd_mnistcnn_10k`;
//! - [`verdict`]: what the numbers say, in a sentence; [`proven_troubles`]: which troubles they prove;
//! - [`rank_sum_p_value`]: whether two settings differ, from several runs of each;
//! - [`TrainingEvaluation`]: one metric, measured again and again while a run trains, and the
//!   [`EvaluationPart`] of it that each of several processes does.
//!
//! Nothing here prints: what takes long tells a [`Progress`] how far it is.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod cache;
mod choice;
mod during_training;
mod error;
mod evaluator;
mod extraction;
mod name;
mod progress;
mod reference;
mod runs;
mod shared;
mod subject;
mod verdict;

pub use cache::FeatureCache;
pub use choice::{ExtractorChoice, default_extractor, default_samples};
pub use during_training::{EvaluationPart, TrainingEvaluation};
pub use error::EvaluationError;
pub use evaluator::{EvaluationSettings, Evaluator};
pub use name::MetricName;
pub use progress::Progress;
pub use reference::Reference;
pub use runs::rank_sum_p_value;
pub use subject::{GeneratorSubject, Subject};
pub use verdict::{proven_troubles, verdict};
