//! `gan doctor`: what is wrong with a run, from its folder alone, and what to try.

use std::ffi::OsString;
use std::path::Path;

use gan_run::{Diagnosed, Diagnosis, Lines, RunConfig, RunDir, diagnose, names};
use gan_training::Every;
use serde_json::json;

use crate::failure::Failure;
use crate::flags::{self, DoctorArgs};
use crate::terminal;

pub fn run(args: &DoctorArgs) -> Result<(), Failure> {
    let run = match &args.run {
        Some(path) => RunDir::open(path)?,
        None => RunDir::latest(&args.outdir)?,
    };
    let diagnosis = examine(&run)?;
    terminal::print(match args.json {
        true => as_json(&run, &diagnosis)?,
        false => as_text(&run, &diagnosis)?,
    })?;
    let Some(first) = diagnosis.troubles.first() else { return Ok(()) };
    if args.treat {
        return treat(&run, first);
    }
    Err(Failure::trouble(format!("{}: {}", run.name(), first.trouble.name())))
}

/// What the events of the run say.
pub fn examine(run: &RunDir) -> Result<Diagnosis, Failure> {
    let config = run.config()?;
    let Lines { values, unreadable } = run.events()?;
    if unreadable > 0 {
        let path = run.file(names::EVENTS);
        terminal::say(format!("{}: {unreadable} lines cannot be read", path.display()));
    }
    let events = values.into_iter().map(|line| line.event);
    Ok(diagnose(&config.training, events))
}

fn as_json(run: &RunDir, diagnosis: &Diagnosis) -> Result<String, Failure> {
    let mut commands = Vec::new();
    for diagnosed in &diagnosis.troubles {
        commands.push(command(run, diagnosed)?.map(|arguments| shown(&arguments)));
    }
    let value = json!({
        "run": run.path(),
        "healthy": diagnosis.is_healthy(),
        "step": diagnosis.step,
        "steps": diagnosis.steps,
        "looks": diagnosis.looks,
        "troubles": diagnosis.troubles,
        "commands": commands,
    });
    Ok(serde_json::to_string_pretty(&value).expect("plain data is always JSON"))
}

fn as_text(run: &RunDir, diagnosis: &Diagnosis) -> Result<String, Failure> {
    let Diagnosis { step, steps, looks, troubles } = diagnosis;
    let name = run.name();
    if troubles.is_empty() {
        return Ok(match looks {
            0 => format!(
                "{name}: step {step} of {steps}; nothing was recorded to look at, so nothing can be said"
            ),
            _ => format!("{name}: healthy at step {step} of {steps}, after {looks} looks"),
        });
    }
    let mut text =
        format!("{name}: {} at step {step} of {steps}", count(troubles.len(), "trouble"));
    for diagnosed in troubles {
        let info = diagnosed.trouble.info();
        text += &format!("\n\n{} since step {}\n  {}", info.name, diagnosed.since_step, info.seen);
        text += &format!("\n  evidence: {}", diagnosed.evidence);
        for cause in &diagnosed.causes {
            text += &format!("\n  may be: {cause}");
        }
        for (what, path) in pictures(run, diagnosed.since_step) {
            text += &format!("\n  {what}: {path}");
        }
        match (&diagnosed.cure, command(run, diagnosed)?) {
            (Some(cure), Some(arguments)) => {
                text += &format!("\n  try: {}\n    {}", cure.what, shown(&arguments));
            }
            _ => text += "\n  try: nothing of the table is left; docs/troubleshooting.md has more",
        }
    }
    Ok(text)
}

/// The last picture before the step that raised the alarm, and the first after it.
fn pictures(run: &RunDir, step: u64) -> Vec<(&'static str, String)> {
    let fakes = run.fakes();
    let before = fakes.iter().rev().find(|(at, _)| *at < step).map(|(_, path)| ("before", path));
    let after = fakes.iter().find(|(at, _)| *at >= step).map(|(_, path)| ("after", path));
    let found = before.into_iter().chain(after);
    found.map(|(what, path)| (what, path.display().to_string())).collect()
}

/// The run again with the cure: the arguments behind `gan`.
fn command(run: &RunDir, diagnosed: &Diagnosed) -> Result<Option<Vec<String>>, Failure> {
    let Some(cure) = &diagnosed.cure else { return Ok(None) };
    let config = run.config()?;
    // Another preset brings its own networks and lengths: of the run remain data and seed.
    let start = match (cure.flags.contains("--preset"), &config.data.path) {
        (true, Some(path)) => vec!["--data".to_owned(), path.display().to_string()],
        (true, None) => Vec::new(),
        (false, _) => vec!["--config".to_owned(), run.file(names::CONFIG).display().to_string()],
    };
    let mut arguments = vec!["train".to_owned()];
    arguments.extend(start);
    arguments.extend(["--seed".to_owned(), config.training.seed.to_string()]);
    arguments.extend(cure.flags.split(' ').map(str::to_owned));
    Ok(Some(arguments))
}

fn shown(arguments: &[String]) -> String {
    let quoted: Vec<String> =
        arguments.iter().map(|argument| terminal::quoted(Path::new(argument))).collect();
    format!("gan {}", quoted.join(" "))
}

/// Trains with the cure, half as long again as it took for the trouble to show, and looks again.
fn treat(run: &RunDir, diagnosed: &Diagnosed) -> Result<(), Failure> {
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
    let after = examine(&trial)?;
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

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
