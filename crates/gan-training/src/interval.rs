//! Intervals: how often something is due.

use serde::{Deserialize, Serialize};

/// Due at every multiple of this many steps; 0 is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Every(pub u64);

impl Every {
    /// Whether it is due after `step` steps.
    pub fn due(self, step: u64) -> bool {
        self.0 > 0 && step.is_multiple_of(self.0)
    }
}
