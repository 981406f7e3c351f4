//! What the folder of a run says of its health.

use gan_run::{Diagnosed, Diagnosis, Lines, RunDir, diagnose, names};

use super::measured::Measured;
use crate::failure::Failure;
use crate::terminal;

/// What the folder of a run says.
pub struct Examined {
    /// What is wrong.
    pub diagnosis: Diagnosis,
    /// What was measured, if anything was.
    pub measured: Option<Measured>,
}

/// What the events of the run say, and what was measured of it.
///
/// # Errors
/// If a file cannot be read.
pub fn examine(run: &RunDir) -> Result<Examined, Failure> {
    let config = run.config()?;
    let Lines { values, unreadable } = run.events()?;
    if unreadable > 0 {
        let path = run.file(names::EVENTS);
        terminal::say(format!("{}: {unreadable} lines cannot be read", path.display()));
    }
    let events = values.into_iter().map(|line| line.event);
    let mut diagnosis = diagnose(&config.training, events);
    let measured = Measured::of(run)?;
    if let Some(measured) = &measured {
        for (trouble, evidence) in measured.troubles() {
            let step = measured.step;
            diagnosis.add(Diagnosed::new(trouble, step, evidence, &config.training));
        }
    }
    Ok(Examined { diagnosis, measured })
}
