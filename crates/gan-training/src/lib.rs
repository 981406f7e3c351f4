//! Training of generative adversarial networks.
//!
//! - [`Gan::step`]: the adversarial step, for networks of your own too;
//! - [`Loss`], [`Adam`]: what it is made of;
//! - [`TrainingConfig`], [`Preset`]: every number of a recipe, checked once;
//! - [`Trainer`]: networks, data and chance together; [`train`]: the loop around it;
//! - [`RunDir`] (feature `files`): a folder that can always be resumed, even after a kill.
//!
//! Without the feature `files` nothing here touches a file system, and all of it builds for the
//! browser.

mod adam;
mod batches;
mod checkpoint;
mod config;
mod interval;
mod loss;
mod preset;
#[cfg(feature = "files")]
mod run_dir;
mod step;
mod tally;
mod train;
mod trainer;

pub use adam::{Adam, AdamConfig};
pub use batches::Batches;
pub use checkpoint::CheckpointError;
pub use config::TrainingConfig;
pub use interval::Every;
pub use loss::Loss;
pub use preset::Preset;
#[cfg(feature = "files")]
pub use run_dir::{RunDir, RunDirError, write_file};
pub use step::{Gan, StepReport};
pub use tally::{Losses, NonFinite};
pub use train::{Ending, Observer, TrainError, train};
pub use trainer::Trainer;
