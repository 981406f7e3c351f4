//! What a watch is, and what it needs to know.

use super::troubles::Trouble;
use crate::config::{Model, TrainingConfig};
use crate::loss::AdversarialLoss;
use crate::run::Event;

/// What watches need to know of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// Whether σ of a logit is the probability that an image is real.
    pub has_probabilities: bool,
    /// Steps of the whole run.
    pub steps: u64,
    /// Real images in an update.
    pub batch_size: usize,
}

/// Before so many steps, a generator has not had a chance to show what it can.
const MIN_STEPS: u64 = 1_000;
/// Nor before this fraction of the run.
const FROM: f64 = 0.1;

/// One watch: looks for one trouble.
pub(super) trait Watch {
    /// For which.
    fn trouble(&self) -> Trouble;

    /// Looks in a row that raise an alarm.
    fn raise_after(&self) -> u32;

    /// Looks at an event; none if it says nothing of this trouble.
    fn look(&mut self, event: &Event, facts: &Facts) -> Option<Look>;
}

/// What a watch saw.
pub(super) struct Look {
    /// Whether the trouble was there.
    pub(super) holds: bool,
    /// The evidence in numbers.
    pub(super) message: String,
}

impl Facts {
    /// Those of a run with this configuration.
    pub fn of<M: Model>(config: &TrainingConfig<M>) -> Self {
        Self {
            has_probabilities: config.loss.has_probabilities(),
            steps: config.steps,
            batch_size: config.batch_size,
        }
    }

    /// Whether samples after `step` steps say anything of the run: after 1,000 steps and a tenth of it.
    pub(super) fn has_had_a_chance(&self, step: u64) -> bool {
        step >= MIN_STEPS && step as f64 >= FROM * self.steps as f64
    }
}
