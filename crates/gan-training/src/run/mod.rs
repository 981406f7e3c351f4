//! A run: the trainer, the loop around it, what happens in it, and its checkpoints.

mod checkpoint;
mod event;
mod observer;
mod sharing;
mod tally;
mod train;
mod trainer;
mod values;
mod vitals;

pub use checkpoint::CheckpointError;
pub use event::{Alarm, Ending, Evaluated, Event, NonFinite, Report, Severity};
pub use observer::{Observer, ObserverError, Observers, Outbox, Request, RunView};
pub use sharing::SharingError;
pub use train::{Run, TrainError};
pub use trainer::{StepError, Trainer};
pub use values::StepValues;
pub use vitals::{ClassCounts, SampleStats, Vitals};
