//! Intervals: how often something is due.

use serde::{Deserialize, Serialize};

/// Due at every multiple of this many steps; 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Every(pub u64);

impl Every {
    /// Whether it is never due.
    pub fn is_never(&self) -> bool {
        self.0 == 0
    }

    /// Whether it is due after `step` steps.
    pub fn due(self, step: u64) -> bool {
        !self.is_never() && step.is_multiple_of(self.0)
    }
}
