//! What a run is, in a few rows.

use gan_data::Report;
use gan_run::{RunConfig, RunDir, names};
use gan_training::{Ending, Event};

use crate::chart::Told;
use crate::number::{grouped, time};
use crate::sections::happenings;

/// A row.
pub struct Fact {
    /// What it is about.
    pub name: &'static str,
    /// What there is to say.
    pub value: String,
}

/// How far a run is.
pub struct State {
    /// `training`, `finished`, `stopped` or `failed`.
    pub word: &'static str,
    /// Steps taken, as far as its files tell.
    pub step: u64,
}

/// How far `run` is.
pub fn state(run: &RunDir, config: &RunConfig, told: &Told) -> State {
    let steps = [
        told.reports.last().map(|line| line.step),
        run.fakes().last().map(|&(step, _)| step),
        run.snapshots().last().map(|&(step, _)| step),
    ];
    let step = steps.into_iter().flatten().max().unwrap_or(0);
    let ending = told.events.iter().rev().find_map(|line| match line.event {
        Event::Begun { .. } => Some(None),
        Event::Ended { ending, .. } => Some(Some(ending)),
        _ => None,
    });
    let word = match ending.flatten() {
        Some(Ending::Finished) => "finished",
        Some(Ending::Stopped) => "stopped",
        Some(Ending::NonFinite | Ending::Failed) => "failed",
        None if run.is_training() => "training",
        None if step >= config.training.steps => "finished",
        None => "stopped",
    };
    State { word, step }
}

/// The rows.
pub fn facts(run: &RunDir, config: &RunConfig, told: &Told, state: &State) -> Vec<Fact> {
    let training = &config.training;
    let data = &config.data;
    let steps = u64::min(state.step, training.steps);
    let mut facts = vec![
        Fact { name: "Preset", value: training.preset.clone() },
        Fact {
            name: "Data",
            value: format!(
                "{}, {} images (checksum {})",
                data.name,
                grouped(data.images as u64),
                data.checksum
            ),
        },
        Fact {
            name: "Steps",
            value: match state.step >= training.steps {
                true => grouped(training.steps),
                false => format!("{} of {}", grouped(steps), grouped(training.steps)),
            },
        },
        Fact {
            name: "Images seen",
            value: grouped(steps.saturating_mul(training.images_per_step())),
        },
        Fact { name: "Seed", value: training.seed.to_string() },
        Fact { name: "Backend", value: config.backend.clone() },
        Fact { name: "Version", value: format!("gan {}", config.version) },
    ];
    if let Some(pictures) = of_pictures(run) {
        facts.insert(2, Fact { name: "Files read", value: pictures });
    }
    let seconds = happenings::duration(&told.events);
    if seconds > 0.0 {
        let at = facts.len() - 3;
        facts.insert(at, Fact { name: "Duration", value: time(seconds) });
    }
    if let Some(classes) = training.generator.classes() {
        facts.insert(2, Fact { name: "Classes", value: classes.to_string() });
    }
    facts
}

/// What became of the files of the data: `1,000 PNG; 12 converted; 3 skipped`.
fn of_pictures(run: &RunDir) -> Option<String> {
    let bytes = std::fs::read(run.file(names::DATA)).ok()?;
    let report: Report = serde_json::from_slice(&bytes).ok()?;
    let read =
        report.read.iter().map(|(format, count)| format!("{} {format}", grouped(*count as u64)));
    let mut parts = vec![read.collect::<Vec<_>>().join(", ")];
    let converted: usize = report.converted.values().map(|count| count.files).sum();
    let ignored: usize = report.ignored.values().map(|count| count.files).sum();
    let skipped = report.skipped.len();
    for (count, what) in [(converted, "converted"), (ignored, "ignored"), (skipped, "skipped")] {
        if count > 0 {
            parts.push(format!("{} {what}", grouped(count as u64)));
        }
    }
    parts.retain(|part| !part.is_empty());
    (!parts.is_empty()).then(|| parts.join("; "))
}
