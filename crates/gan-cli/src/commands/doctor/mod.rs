//! `gan doctor`: what is wrong with a run, from its folder alone, and what to try.

use gan_run::{Diagnosis, RunDir};
use serde_json::json;

use crate::failure::Failure;
use crate::flags::DoctorArgs;
use crate::terminal;

mod cure;
mod examine;
mod measured;
mod treat;

use cure::{command, shown};
pub use examine::{Examined, examine};
use treat::treat;

pub fn run(args: &DoctorArgs) -> Result<(), Failure> {
    let run = match &args.run {
        Some(path) => RunDir::open(path)?,
        None => RunDir::latest(&args.outdir)?,
    };
    let examined = examine(&run)?;
    terminal::print(match args.json {
        true => as_json(&run, &examined)?,
        false => as_text(&run, &examined)?,
    })?;
    let Some(first) = examined.diagnosis.troubles.first() else { return Ok(()) };
    if args.treat {
        return treat(&run, first, examined.measured.as_ref());
    }
    Err(Failure::trouble(format!("{}: {}", run.name(), first.trouble.name())))
}

fn as_json(run: &RunDir, Examined { diagnosis, measured }: &Examined) -> Result<String, Failure> {
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
        "measured": measured.as_ref().map(|measured| {
            json!({ "step": measured.step, "verdict": measured.verdict() })
        }),
    });
    Ok(serde_json::to_string_pretty(&value).expect("plain data is always JSON"))
}

fn as_text(run: &RunDir, Examined { diagnosis, measured }: &Examined) -> Result<String, Failure> {
    let Diagnosis { step, steps, looks, troubles } = diagnosis;
    let name = run.name();
    let verdict =
        measured.as_ref().and_then(|it| Some(format!("step {}: {}", it.step, it.verdict()?)));
    if troubles.is_empty() {
        return Ok(match (looks, verdict) {
            (0, None) => format!(
                "{name}: step {step} of {steps}; nothing was recorded to look at, so nothing can be said"
            ),
            (0, Some(verdict)) => {
                format!("{name}: nothing was recorded while it trained; measured at {verdict}")
            }
            (_, verdict) => {
                let healthy =
                    format!("{name}: healthy at step {step} of {steps}, after {looks} looks");
                let measured = verdict.map(|verdict| format!("\n  measured at {verdict}"));
                healthy + &measured.unwrap_or_default()
            }
        });
    }
    let mut text = format!(
        "{name}: {} at step {step} of {steps}",
        terminal::count(troubles.len() as u64, "trouble")
    );
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
