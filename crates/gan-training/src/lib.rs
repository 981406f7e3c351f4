//! Training of generative adversarial networks.
//!
//! - [`Gan::step`]: the adversarial step, for networks of your own too;
//! - [`Loss`], [`Penalties`], [`View`], [`Adam`]: what it is made of; [`Ema`]: what is sampled from;
//! - [`TrainingConfig`], [`Preset`]: every number of a recipe, checked once;
//! - [`Trainer`]: networks, data and randomness together; [`train`]: the loop around it.
//!
//! Nothing here touches a file system (crate `gan-run` does), and all of it builds for the browser.

mod adam;
mod batches;
mod checkpoint;
mod config;
mod ema;
mod interval;
mod loss;
mod penalty;
mod preset;
mod schedule;
mod step;
mod tally;
mod train;
mod trainer;
mod view;

pub use adam::{Adam, AdamConfig, AdamSchedule, Limits};
pub use batches::Batches;
pub use checkpoint::CheckpointError;
pub use config::{PenaltyConfig, Stabilisers, TrainingConfig};
pub use ema::{Ema, EmaConfig};
pub use interval::Every;
pub use loss::Loss;
pub use penalty::{GradientPenalty, Judgement, Penalties};
pub use preset::Preset;
pub use schedule::{Cosine, Schedule};
pub use step::{Batch, DiscriminatorReport, Gan, StepReport};
pub use tally::{Losses, NonFinite};
pub use train::{Ending, Observer, TrainError, train};
pub use trainer::Trainer;
pub use view::{Augmentation, Change, View};
