//! Training of generative adversarial networks.
//!
//! - [`Gan::step`]: the adversarial step, for networks of your own too;
//! - [`AdversarialLoss`], [`Loss`], [`Penalties`], [`Augment`], [`Adam`]: what it is made of; [`Ema`]: what is sampled from;
//! - [`TrainingConfig`], [`Preset`]: every value of a run, checked once;
//! - [`Trainer`]: networks, data and randomness together; [`Run`]: the loop around it; both for any
//!   [`Model`], by default the library's own;
//! - [`Trainer::among`]: the same by many processes together, which any
//!   [`Collective`] connects;
//! - [`Event`], [`Observer`]: what happens in a run, and who is told;
//! - [`guard`]: the observer that looks for what goes wrong.
//!
//! Nothing here touches a file system (crate `gan-run` does), and all of it builds for the browser.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod adam;
mod augment;
mod batches;
mod config;
mod ema;
mod gradients;
pub mod guard;
mod loss;
mod penalty;
mod run;
mod step;

pub use gan_collective::{Collective, Single};

pub use adam::{Adam, AdamConfig, AdamSchedule, Limits};
pub use augment::{Augment, AugmentParams, Augmentation};
pub use batches::Batches;
pub use config::{
    BuiltIn, Cosine, DiscriminatorOf, Every, GeneratorOf, Model, PenaltyConfig, Preset, Schedule,
    Stabilisers, TrainingConfig, Trajectory, ValidConfig,
};
pub use ema::{Ema, EmaConfig};
pub use gradients::ParameterGradients;
pub use loss::{AdversarialLoss, Loss};
pub use penalty::{GradientPenalty, GradientPenaltyKind, Penalties, PenaltyError};
pub use run::{
    Alarm, CheckpointError, ClassCounts, Ending, Evaluated, Event, NonFinite, Observer,
    ObserverError, Observers, Outbox, Report, Request, Run, RunView, SampleStats, Severity,
    SharingError, StepError, StepValues, TrainError, Trainer, Vitals,
};
pub use step::{
    Batch, DiscriminatorObjective, DiscriminatorReport, Gan, GeneratorReport, Learners, StepReport,
};
