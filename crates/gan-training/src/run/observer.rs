//! Observers: who is told what happens in a run, what they see of it, and what they can ask for.
//!
//! A run has any number of [`Observer`]s, and none knows another. Each is told every [`Event`]; what
//! it has to say itself goes into the [`Outbox`] and is then told to all, itself included.

use burn::tensor::{Device, Tensor};
use gan_data::{DataError, ImageSet};
use gan_model::{Sampler, Snapshot};

use super::event::Event;
use crate::config::{BuiltIn, GeneratorOf, Model, TrainingConfig};

/// Who wants to know what happens in a run. Implement it for a writer, a page, a guard of your own: for
/// runs of the library's networks as it is, for runs of every [`Model`] as
/// `impl<M: Model> Observer<M> for …`.
pub trait Observer<M: Model = BuiltIn> {
    /// Told every event, in order. It must leave the run as it is.
    ///
    /// # Errors
    /// Whatever goes wrong for the observer; the error says whether the run ends with it.
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView<M>,
        outbox: &mut Outbox<M>,
    ) -> Result<(), ObserverError>;
}

impl<M: Model, O: Observer<M> + ?Sized> Observer<M> for &mut O {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView<M>,
        outbox: &mut Outbox<M>,
    ) -> Result<(), ObserverError> {
        (**self).observe(event, run, outbox)
    }
}

/// A running trainer as observers see it.
pub trait RunView<M: Model = BuiltIn> {
    /// Steps taken so far.
    fn step(&self) -> u64;

    /// Every value of the run.
    fn config(&self) -> &TrainingConfig<M>;

    /// What it trains on.
    fn data(&self) -> &ImageSet;

    /// What it computes on, without autodiff.
    fn device(&self) -> &Device;

    /// Real images shown so far, repetitions counted.
    fn images_seen(&self) -> u64;

    /// How many images [`RunView::samples`] gives, of the seeds from 0 on.
    fn sample_count(&self) -> usize;

    /// Images of the latents that stay the same through the run,
    /// `[sample_count, channels, height, width]`.
    fn samples(&self) -> Tensor<4>;

    /// Real images to look at beside them, as many; fewer if the data has.
    ///
    /// # Errors
    /// If they cannot be read any more.
    fn reals(&self) -> Result<Tensor<4>, DataError>;

    /// The generator to draw from, by seed.
    fn sampler(&self) -> Sampler<GeneratorOf<M>>;

    /// The generator as a file to sample from; `version` is the writing program's.
    fn snapshot(&self, version: &str) -> Snapshot<M::Generator>;
}

/// What an observer has to say, and what it asks the run to do.
#[derive(Debug)]
pub struct Outbox<M: Model = BuiltIn> {
    pub(super) events: Vec<Event>,
    pub(super) requests: Vec<Request<M>>,
}

/// What observers can ask a run to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Request<M: Model = BuiltIn> {
    /// Read the values of the steps taken so far: [`Event::Steps`] follows. The host waits for the
    /// device.
    ReadSteps,
    /// Tell a checkpoint after this step, as when one is due.
    Checkpoint,
    /// Tell that samples are due after this step.
    Samples,
    /// End after this step, everything saved.
    Stop,
    /// The run is as far as `progress` says, and no longer as far as its steps: schedules follow. What
    /// each step followed is recorded in [`TrainingConfig::trajectory`].
    Progress {
        /// From 0 to 1; schedules never go back.
        progress: f64,
        /// How many steps the run will have had, as far as one can tell.
        steps: u64,
    },
    /// This step is the last of the run, which is finished.
    Finish,
    /// Go back to a checkpoint of this run and on with `config`, whose networks are the same.
    RollBack {
        /// The bytes of an [`Event::Checkpoint`].
        checkpoint: Vec<u8>,
        /// What the run goes on with.
        config: Box<TrainingConfig<M>>,
    },
}

impl<M: Model> Default for Outbox<M> {
    fn default() -> Self {
        Self { events: Vec::new(), requests: Vec::new() }
    }
}

impl<M: Model> Outbox<M> {
    /// Tells all observers of `event`.
    pub fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Asks the run to do something.
    pub fn ask(&mut self, request: Request<M>) {
        self.requests.push(request);
    }

    /// What was told, for observers' own tests.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// What was asked for, for observers' own tests.
    pub fn requests(&self) -> &[Request<M>] {
        &self.requests
    }
}

/// What went wrong for an observer, and whether the run can do without it.
#[derive(Debug, thiserror::Error)]
pub enum ObserverError {
    /// The run must end: what it makes could not be kept.
    #[error("{0}")]
    EndsRun(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The run goes on without this observer.
    #[error("{0}")]
    Dropped(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ObserverError {
    /// The run must end with `error`.
    pub fn ends_run(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::EndsRun(error.into())
    }

    /// The run goes on without the observer.
    pub fn dropped(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Dropped(error.into())
    }
}

/// The observers of a run, each with a name for messages.
pub struct Observers<'a, M: Model = BuiltIn> {
    pub(super) seats: Vec<Seat<'a, M>>,
}

pub(super) struct Seat<'a, M: Model> {
    pub(super) name: String,
    /// `None` once it has failed.
    pub(super) observer: Option<Box<dyn Observer<M> + 'a>>,
}

impl<M: Model> Default for Observers<'_, M> {
    fn default() -> Self {
        Self { seats: Vec::new() }
    }
}

impl<'a, M: Model> Observers<'a, M> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more, told after those before it. Pass `&mut observer` to keep it.
    pub fn with(mut self, name: impl Into<String>, observer: impl Observer<M> + 'a) -> Self {
        self.add(name, observer);
        self
    }

    /// One more, told after those before it.
    pub fn add(&mut self, name: impl Into<String>, observer: impl Observer<M> + 'a) {
        self.seats.push(Seat { name: name.into(), observer: Some(Box::new(observer)) });
    }
}
