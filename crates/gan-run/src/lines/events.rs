//! `events.jsonl`: what happened in a run, and when.

use std::time::{SystemTime, UNIX_EPOCH};

use gan_training::Event;
use serde::{Deserialize, Serialize};

/// A line of `events.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventLine {
    /// Seconds since 1970, UTC.
    pub time: f64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl EventLine {
    /// `event`, which happens now.
    pub fn now(event: Event) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { time: (since.as_secs_f64() * 1e3).round() / 1e3, event }
    }
}

/// Whether `event` has a line. Every step, what is due at a step, and what is kept elsewhere (reports in
/// `stats.jsonl`, files) has none.
pub fn is_kept(event: &Event) -> bool {
    !matches!(
        event,
        Event::Stepped { .. }
            | Event::Steps { .. }
            | Event::Report(_)
            | Event::SamplesDue { .. }
            | Event::SnapshotDue { .. }
            | Event::EvaluationDue { .. }
            | Event::Checkpoint { .. }
    )
}
