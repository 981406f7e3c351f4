//! Runs as one HTML page that needs nothing else: no network, no server, no program.
//!
//! [`page`] makes it, of one run or of several side by side, [`comparison_page`] with metrics that were
//! measured of them; [`csv`] and [`json`] give the numbers
//! behind it to other programs.
//!
//! ```no_run
//! use gan_report::{Pictures, page};
//! use gan_run::RunDir;
//!
//! let run = RunDir::open("runs/00000-tutorial-mnist".as_ref())?;
//! std::fs::write("report.html", page(&[run], Pictures::Inside)?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod chart;
mod commands;
mod comparison;
mod downsample;
mod export;
mod index;
mod number;
mod page;
mod pictures;
mod prose;
mod sections;

pub use commands::quoted;
pub use comparison::{ComparedMetric, Comparison};
pub use export::{csv, json};
pub use index::index;
pub use page::{comparison_page, page};
pub use pictures::Pictures;
