//! A run folder, `runs/00000-tutorial-mnist/`: everything a training leaves on disk.
//!
//! - [`RunDir`] reads one, also while a program trains in it, and finds the latest;
//! - [`RunWriter`] owns one, locked, for as long as a program trains in it;
//! - [`RunConfig`] is its `config.json`: everything that decides the run;
//! - [`ReportLine`], [`EvaluationLine`]: the lines of `stats.jsonl`; [`MetricLine`]: those of
//!   `metrics.jsonl`;
//! - [`EventLine`]: those of `events.jsonl`, what happened and when;
//! - [`diagnose`] says what is wrong with one, from its events;
//! - [`names`] has the name of every file;
//! - [`write_file`] replaces a file whole or not at all.
//!
//! `docs/run-folder.md` describes the same for people.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod atomic;
mod config;
mod diagnosis;
mod dir;
mod error;
mod lines;
pub mod names;
mod slug;
mod writer;

pub use atomic::{NewFile, write_file};
pub use config::{DataConfig, EvaluationConfig, RunConfig};
pub use diagnosis::{Advice, Diagnosed, Diagnosis, diagnose};
pub use dir::RunDir;
pub use error::RunError;
pub use lines::events::{EventLine, is_kept};
pub use lines::jsonl::Lines;
pub use lines::metric_line::MetricLine;
pub use lines::stats::{EvaluatedMetric, EvaluationLine, ReportLine, StatsLine};
pub use slug::slug;
pub use writer::RunWriter;
