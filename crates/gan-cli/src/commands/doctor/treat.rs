//! `gan doctor --treat`: the cure, tried for a while.

use std::ffi::OsString;

use gan_run::{Diagnosed, RunConfig, RunDir};
use gan_training::Every;
use gan_training::guard::Trouble;

use super::cure::{command, shown};
use super::examine::{Examined, examine};
use super::measured::Measured;
use crate::failure::Failure;
use crate::{flags, terminal};

/// Trains with the cure, half as long again as it took for the trouble to show, and looks again.
///
/// # Errors
/// If the trouble is still there, or there is nothing to try.
pub fn treat(
    run: &RunDir,
    diagnosed: &Diagnosed,
    measured: Option<&Measured>,
) -> Result<(), Failure> {
    let Some(mut arguments) = command(run, diagnosed)? else {
        return Err(Failure::trouble("nothing of the table of troubles is left to try"));
    };
    let RunConfig { training, evaluation, .. } = run.config()?;
    // Some looks in a row raise an alarm: half as long again leaves time for as many.
    let steps = training.steps.min((diagnosed.since_step.max(1) * 3).div_ceil(2));
    let outdir = run.path().join("treatment");
    // Another preset would look at other times: the trial is looked at when the run was.
    for (flag, Every(every)) in [
        ("--report-every", training.report_every),
        ("--samples-every", training.samples_every),
        ("--snapshot-every", training.snapshot_every),
    ] {
        arguments.extend([flag.to_owned(), every.to_string()]);
    }
    if let Some(evaluation) = evaluation.filter(|_| !training.evaluate_every.is_never()) {
        let every = training.evaluate_every.0.to_string();
        arguments.extend(["--evaluate-every".to_owned(), every]);
        arguments.extend(["--metric".to_owned(), evaluation.metric]);
    }
    arguments.extend(["--steps".to_owned(), steps.to_string()]);
    arguments.extend(["--outdir".to_owned(), outdir.display().to_string()]);
    terminal::say(format!("trying for {steps} steps: {}", shown(&arguments)));
    let words = std::iter::once("gan".to_owned()).chain(arguments).map(OsString::from);
    let cli = flags::parse(words).expect("cures are flags that this program takes");
    let ended = crate::follow(cli);
    // A trial that did not begin has left no folder to look at.
    let trial = RunDir::latest(&outdir)?;
    if let Some(measured) = measured {
        measure_again(measured, &trial, diagnosed.trouble)?;
    }
    let Examined { diagnosis: after, .. } = examine(&trial)?;
    let name = diagnosed.trouble.name();
    let again = after.troubles.iter().find(|other| other.trouble == diagnosed.trouble);
    let others = after.troubles.iter().filter(|other| other.trouble != diagnosed.trouble);
    let others: Vec<&str> = others.map(|other| other.trouble.name()).collect();
    let instead = match others.as_slice() {
        [] => String::new(),
        others => format!("; but there is {} now", others.join(", ")),
    };
    match again {
        Some(again) => Err(Failure::trouble(format!(
            "{name} is still there at step {}: {}",
            again.since_step, again.evidence
        ))),
        None => {
            ended?;
            Ok(terminal::print(format!(
                "{name} is gone: {} looks in {steps} steps did not see it{instead}; the trial is in {}",
                after.looks,
                trial.path().display()
            ))?)
        }
    }
}

/// Measures `trial` as the run was, if that was measured to have `trouble`: what the guard sees in a training
/// does not answer whether what was measured has gone.
fn measure_again(measured: &Measured, trial: &RunDir, trouble: Trouble) -> Result<(), Failure> {
    if !measured.troubles().iter().any(|(found, _)| *found == trouble) {
        return Ok(());
    }
    let path = trial.path().display().to_string();
    let Some(arguments) = measured.again(&path) else {
        return Err(Failure::new(format!(
            "{path}: whether {} is gone is not known",
            trouble.name()
        ))
        .hint(
            "measure it with `gan evaluate` and the extractor of before; `gan doctor` reads that",
        ));
    };
    let words = std::iter::once("gan".to_owned()).chain(arguments).map(OsString::from);
    crate::follow(flags::parse(words).expect("flags that this program takes"))
}
