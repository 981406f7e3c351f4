//! The loop around the steps: what is due when, and when to end.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Losses, NonFinite, Trainer};

/// Losses are read at the latest after so many steps, however fast they are.
const READ_AT_LEAST_EVERY: usize = 100;

/// Who wants to know what happens in a run, and keeps what it makes.
///
/// Every method may fail; the run then ends with that error.
pub trait Observer {
    /// What can go wrong for the observer.
    type Error;

    /// Asked after every step: whether [`Observer::progress`] should be told now. Reading the
    /// losses makes the host wait for the device.
    fn wants_progress(&mut self) -> bool;

    /// Told now and then, for a person who watches.
    fn progress(&mut self, trainer: &Trainer, losses: Losses) -> Result<(), Self::Error>;

    /// A report is due: the means since the last one.
    fn report(&mut self, trainer: &Trainer, losses: Losses) -> Result<(), Self::Error>;

    /// A picture of the fixed latents is due.
    fn samples(&mut self, trainer: &Trainer) -> Result<(), Self::Error>;

    /// A snapshot is due.
    fn snapshot(&mut self, trainer: &Trainer) -> Result<(), Self::Error>;

    /// An evaluation is due: what can be measured of the generator. It must leave the run as it is.
    fn evaluate(&mut self, trainer: &Trainer) -> Result<(), Self::Error>;

    /// A checkpoint, as bytes, to keep in place of the last one.
    fn checkpoint(&mut self, trainer: &Trainer, checkpoint: &[u8]) -> Result<(), Self::Error>;
}

/// How a run ended without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All steps are taken.
    Finished,
    /// It was asked to stop; the checkpoint is that of the last step.
    Stopped,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum TrainError<E> {
    /// A loss or a weight is NaN or infinite.
    #[error(transparent)]
    NonFinite(#[from] NonFinite),
    /// What the run made could not be kept.
    #[error("{0}")]
    Observer(E),
}

/// Trains until the run's last step, or until `stop` is set.
///
/// # Errors
/// If a loss is not finite, at the latest when it is next read, or if the observer fails.
pub fn train<O: Observer>(
    trainer: &mut Trainer,
    observer: &mut O,
    stop: &AtomicBool,
) -> Result<Ending, TrainError<O::Error>> {
    let keep = TrainError::Observer;
    if trainer.step() == 0 {
        observer.samples(trainer).map_err(keep)?;
    }
    loop {
        let ending = match trainer.step() >= trainer.config().steps {
            true => Some(Ending::Finished),
            false => stop.load(Ordering::Relaxed).then_some(Ending::Stopped),
        };
        if let Some(ending) = ending {
            let checkpoint = trainer.checkpoint()?;
            observer.checkpoint(trainer, &checkpoint).map_err(keep)?;
            return Ok(ending);
        }

        trainer.advance();

        let (step, config) = (trainer.step(), trainer.config());
        let is_last = step == config.steps;
        let report_is_due = config.report_every.due(step) || is_last;
        let samples_are_due = config.samples_every.due(step) || is_last;
        let snapshot_is_due = config.snapshot_every.due(step) || is_last;
        let evaluation_is_due =
            config.evaluate_every.due(step) || (is_last && !config.evaluate_every.is_never());
        let checkpoint_is_due = config.checkpoint_every.due(step) && !is_last;

        if observer.wants_progress() || trainer.unread_steps() >= READ_AT_LEAST_EVERY {
            let losses = trainer.losses()?;
            observer.progress(trainer, losses).map_err(keep)?;
        }
        if report_is_due {
            let losses = trainer.losses()?;
            observer.report(trainer, losses).map_err(keep)?;
            trainer.begin_report();
        }
        // What is kept is kept of a healthy state only: a checkpoint proves it first.
        if samples_are_due || snapshot_is_due || evaluation_is_due || checkpoint_is_due {
            let checkpoint = trainer.checkpoint()?;
            if samples_are_due {
                observer.samples(trainer).map_err(keep)?;
            }
            if snapshot_is_due {
                observer.snapshot(trainer).map_err(keep)?;
            }
            // Before the checkpoint: what a killed run has evaluated by then is not made again.
            if evaluation_is_due {
                observer.evaluate(trainer).map_err(keep)?;
            }
            if checkpoint_is_due {
                observer.checkpoint(trainer, &checkpoint).map_err(keep)?;
            }
        }
    }
}
