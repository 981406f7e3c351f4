//! The loop around the steps: what is due when, who is told, and when to end.

mod requests;

use std::sync::atomic::{AtomicBool, Ordering};

use super::checkpoint::CheckpointError;
use super::event::{Ending, Event, NonFinite};
use super::observer::{Observers, Request};
use super::trainer::{StepError, Trainer};
use crate::config::{BuiltIn, Model};

/// Values of steps are read at the latest after so many, however fast they are.
const READ_AT_LEAST_EVERY: usize = 100;

/// A trainer and who is told what happens to it.
///
/// ```no_run
/// # use std::sync::atomic::AtomicBool;
/// # use gan_training::{Event, Observer, ObserverError, Observers, Outbox, Run, RunView, Trainer};
/// struct Print;
///
/// impl Observer for Print {
///     fn observe(
///         &mut self,
///         event: &Event,
///         _: &dyn RunView,
///         _: &mut Outbox,
///     ) -> Result<(), ObserverError> {
///         if let Event::Report(report) = event {
///             println!("step {}: D {:.3}, G {:.3}", report.step, report.d_loss, report.g_loss);
///         }
///         Ok(())
///     }
/// }
///
/// # fn train(trainer: Trainer) -> Result<(), gan_training::TrainError> {
/// let mut run = Run::new(trainer, Observers::new().with("print", Print));
/// run.train(&AtomicBool::new(false))?;
/// # Ok(())
/// # }
/// ```
pub struct Run<'a, M: Model = BuiltIn> {
    trainer: Trainer<M>,
    observers: Observers<'a, M>,
    has_begun: bool,
    /// Whether an observer has asked for the values of the steps so far.
    read_now: bool,
    /// Whether one has asked for a checkpoint.
    checkpoint_now: bool,
    /// Whether one has asked for samples.
    samples_now: bool,
    /// Whether an observer or a signal has asked for the end.
    stop: bool,
    /// The same, once all ranks know.
    all_stop: bool,
    roll_back: Option<Request<M>>,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A loss or a weight is NaN or infinite.
    #[error(transparent)]
    NonFinite(#[from] NonFinite),
    /// A step could not be taken.
    #[error(transparent)]
    Step(#[from] StepError),
    /// What the run made could not be kept.
    #[error("{observer}: {source}")]
    Observer {
        /// The observer's name.
        observer: String,
        /// What went wrong for it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The run could not go back to the checkpoint that an observer asked for.
    #[error("cannot go back: {0}")]
    RollBack(#[from] CheckpointError),
}

impl<'a, M: Model> Run<'a, M> {
    /// Nothing is told before the first step.
    pub fn new(trainer: Trainer<M>, observers: Observers<'a, M>) -> Self {
        Self {
            trainer,
            observers,
            has_begun: false,
            read_now: false,
            checkpoint_now: false,
            samples_now: false,
            stop: false,
            all_stop: false,
            roll_back: None,
        }
    }

    /// Trains until the run's last step, or until `stop` is set or an observer asks for it.
    ///
    /// # Errors
    /// If a loss is not finite, at the latest when it is next read, or if an observer fails without
    /// which the run cannot go on.
    pub fn train(&mut self, stop: &AtomicBool) -> Result<Ending, TrainError> {
        loop {
            self.stop |= stop.load(Ordering::Relaxed);
            if let Some(ending) = self.advance()? {
                return Ok(ending);
            }
        }
    }

    /// Takes one step and tells what there is to tell; gives how the run ended once it has. For
    /// programs with a loop of their own, such as a page's.
    ///
    /// # Errors
    /// As of [`Run::train`].
    pub fn advance(&mut self) -> Result<Option<Ending>, TrainError> {
        let result = self.begin().and_then(|()| self.take_step());
        if let Err(error) = &result {
            let ending = match error {
                TrainError::NonFinite(_) => Ending::NonFinite,
                _ => Ending::Failed,
            };
            // A rank that cannot take its step is alone with that: the others would not hear the end.
            if matches!(error, TrainError::Step(_)) && self.trainer.ranks().ranks() > 1 {
                return result;
            }
            // The first error is the one to report.
            let _ = self.tell(Event::Ended { step: self.trainer.step(), ending });
        }
        result
    }

    /// Asks for the end after the step that is being taken.
    pub fn stop(&mut self) {
        self.stop = true;
    }

    /// What is trained.
    pub fn trainer(&self) -> &Trainer<M> {
        &self.trainer
    }

    /// What was trained.
    pub fn into_trainer(self) -> Trainer<M> {
        self.trainer
    }

    fn begin(&mut self) -> Result<(), TrainError> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        let (step, config) = (self.trainer.step(), self.trainer.config());
        let (steps, images_per_step) = (config.steps, config.images_per_step());
        self.tell(Event::Begun { step, steps, images_per_step })?;
        if step == 0 {
            self.tell(Event::SamplesDue { step })?;
        }
        Ok(())
    }

    fn take_step(&mut self) -> Result<Option<Ending>, TrainError> {
        if self.trainer.step() >= self.trainer.config().steps {
            return self.end(Ending::Finished);
        }
        let is_alone = self.trainer.ranks().ranks() == 1;
        if self.all_stop || (self.stop && is_alone) {
            return self.end(Ending::Stopped);
        }
        self.trainer.advance()?;
        let result = self.maintain();
        match (self.roll_back.take(), result) {
            // What was wrong is left behind with the steps that are taken back.
            (Some(request), Ok(()) | Err(TrainError::NonFinite(_))) => self.roll_back(request)?,
            (_, result) => result?,
        }
        Ok(None)
    }

    /// Tells of the step that was taken, and of what is due after it.
    fn maintain(&mut self) -> Result<(), TrainError> {
        let step = self.trainer.step();
        // Whoever keeps the time may say that this was the last step.
        self.tell(Event::Stepped { step })?;
        let config = self.trainer.config();
        let is_last = step == config.steps;
        let report_is_due = config.report_every.due(step) || is_last;
        let samples_are_due = config.samples_every.due(step) || is_last;
        let snapshot_is_due = config.snapshot_every.due(step) || is_last;
        let evaluation_is_due =
            config.evaluate_every.due(step) || (is_last && !config.evaluate_every.is_never());
        let checkpoint_is_due = config.checkpoint_every.due(step) && !is_last;
        let samples_are_due = std::mem::take(&mut self.samples_now) || samples_are_due;
        let is_asked_for = std::mem::take(&mut self.checkpoint_now) && !is_last;
        let checkpoint_is_due = is_asked_for || checkpoint_is_due;
        let state_is_kept =
            samples_are_due || snapshot_is_due || evaluation_is_due || checkpoint_is_due;
        let is_full = self.trainer.unread_steps() >= READ_AT_LEAST_EVERY;
        if self.read_now || is_full || report_is_due || state_is_kept {
            self.read()?;
        }
        if report_is_due {
            let report = self.trainer.report()?;
            self.tell(Event::Report(report))?;
            self.trainer.begin_report();
        }
        // What is kept is kept of a healthy state only: a checkpoint proves it first.
        if state_is_kept {
            let bytes = self.checkpoint()?;
            if samples_are_due {
                self.tell(Event::SamplesDue { step })?;
            }
            if snapshot_is_due {
                self.tell(Event::SnapshotDue { step })?;
            }
            // Before the checkpoint: what a killed run has evaluated by then is not made again.
            if evaluation_is_due {
                self.tell(Event::EvaluationDue { step })?;
            }
            if checkpoint_is_due {
                self.tell(Event::Checkpoint { step, bytes })?;
            }
        }
        Ok(())
    }

    /// Reads the values of the steps so far and tells them.
    fn read(&mut self) -> Result<(), TrainError> {
        self.read_now = false;
        let values = self.trainer.read_steps();
        if !values.is_empty() {
            self.tell(Event::Steps { values })?;
        }
        self.trainer.check_finite().or_else(|error| self.not_finite(error))
    }

    fn checkpoint(&mut self) -> Result<Vec<u8>, TrainError> {
        match self.trainer.checkpoint() {
            Ok(bytes) => Ok(bytes),
            Err(error) => self.not_finite(error).map(|()| Vec::new()),
        }
    }

    fn not_finite(&mut self, error: NonFinite) -> Result<(), TrainError> {
        self.tell(Event::NonFinite(error.clone()))?;
        Err(error.into())
    }

    fn end(&mut self, ending: Ending) -> Result<Option<Ending>, TrainError> {
        let step = self.trainer.step();
        self.read()?;
        let bytes = self.checkpoint()?;
        if ending == Ending::Stopped {
            // What it drew last, to look at and to sample from.
            self.tell(Event::SamplesDue { step })?;
            self.tell(Event::SnapshotDue { step })?;
        }
        self.tell(Event::Checkpoint { step, bytes })?;
        self.tell(Event::Ended { step, ending })?;
        Ok(Some(ending))
    }

    fn roll_back(&mut self, request: Request<M>) -> Result<(), TrainError> {
        let Request::RollBack { checkpoint, config } = request else { return Ok(()) };
        let from_step = self.trainer.step();
        self.trainer.roll_back(&checkpoint, *config)?;
        self.tell(Event::RolledBack { from_step, step: self.trainer.step() })
    }
}
