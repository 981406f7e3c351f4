//! How fast a run is, evaluations left out.

use std::time::{Duration, Instant};

/// Measures from one step to another.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    since: Instant,
    step: u64,
}

impl Pace {
    /// From now and `step` on.
    pub fn from_step(step: u64) -> Self {
        Self { since: Instant::now(), step }
    }

    /// Steps a second up to `step`.
    pub fn steps_per_second(&self, step: u64) -> f64 {
        step.saturating_sub(self.step) as f64 / self.since.elapsed().as_secs_f64()
    }

    /// Leaves out time that was not spent on steps.
    pub fn leave_out(&mut self, seconds: f64) {
        self.since += Duration::from_secs_f64(seconds);
    }
}
