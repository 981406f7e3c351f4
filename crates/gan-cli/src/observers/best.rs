//! The best snapshot so far.

use gan_run::{RunWriter, names};
use gan_training::{Evaluated, Event, Observer, ObserverError, Outbox, RunView};

use crate::VERSION;
use crate::failure::Failure;

/// Keeps the snapshot whose evaluation was the best.
pub struct BestSnapshot<'a> {
    run: &'a RunWriter,
}

impl<'a> BestSnapshot<'a> {
    /// In the folder of `run`.
    pub fn new(run: &'a RunWriter) -> Self {
        Self { run }
    }
}

impl Observer for BestSnapshot<'_> {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        _: &mut Outbox,
    ) -> Result<(), ObserverError> {
        let Event::Evaluated(Evaluated { is_best: true, .. }) = event else { return Ok(()) };
        let snapshot = run.snapshot(VERSION);
        let written = self.run.write(names::BEST, snapshot.as_bytes());
        written.map_err(|error| ObserverError::ends_run(Failure::from(error)))
    }
}
