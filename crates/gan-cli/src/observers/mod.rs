//! Who watches a run: the progress in the terminal, and what keeps its files.

pub mod progress;
pub mod recorder;
