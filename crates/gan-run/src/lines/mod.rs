//! The lines of the files that grow: statistics, metrics, events.

pub mod events;
pub mod jsonl;
pub mod metric_line;
pub mod non_finite;
pub mod stats;
