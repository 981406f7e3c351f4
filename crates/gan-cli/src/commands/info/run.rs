//! A run, and its configuration.

use gan_model::Snapshot;
use gan_run::{RunConfig, RunDir, names};
use gan_training::Trainer;

use super::description::Description;
use crate::config_file::ConfigFile;
use crate::failure::Failure;
use crate::terminal;

pub(super) fn describe_config(config: &RunConfig) -> Description {
    let mut description = Description::new("the configuration of a run");
    add_config(&mut description, config);
    description
}

/// The values that a file for `--config` sets.
pub(super) fn describe_values(file: &ConfigFile) -> Description {
    let mut description = Description::new("a configuration for `gan train --config`");
    file.values().for_each(|(name, value)| description.row(&name, value));
    description
}

/// What lies below a folder of runs, a row for each.
pub(super) fn describe_runs(runs: &[RunDir]) -> Description {
    let mut description = Description::new("a folder of runs; `gan info` of one says more");
    for run in runs {
        let name = run.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = match run.config() {
            Ok(config) => format!(
                "{} on {}, {}, seed {}",
                config.training.preset,
                config.data.name,
                terminal::count(config.training.steps, "step"),
                config.training.seed
            ),
            Err(error) => error.to_string(),
        };
        description.row(&name, text);
    }
    description
}

pub(super) fn describe_run(run: &RunDir) -> Result<Description, Failure> {
    let config = run.config()?;
    let mut description = Description::new("a run");
    add_config(&mut description, &config);
    let checkpoint = std::fs::read(run.file(names::CHECKPOINT)).ok();
    let step = checkpoint.and_then(|bytes| Trainer::describe_checkpoint(&bytes).ok());
    description.row(
        "checkpoint",
        step.map_or("none yet".to_owned(), |(_, step)| {
            format!("step {step} of {}", config.training.steps)
        }),
    );
    description.row(
        "newest snapshot",
        run.newest_snapshot().map_or("none yet".to_owned(), |file| file.display().to_string()),
    );
    if let Some(last) = run.reports()?.last() {
        description.row(
            "last report",
            format!("step {}: loss D {:.4}, G {:.4}", last.step, last.d_loss, last.g_loss),
        );
    }
    for metric in run.evaluations()?.last().iter().flat_map(|last| &last.metrics) {
        description.row("last evaluation", format!("{} {}", metric.name, metric.value));
    }
    let best = run.file(names::BEST);
    if let Ok(snapshot) = Snapshot::open(&best) {
        let step = snapshot.info().step;
        description.row("best snapshot", format!("{}, of step {step}", best.display()));
    }
    Ok(description)
}

/// Rows of a configuration.
fn add_config(description: &mut Description, config: &RunConfig) {
    let training = &config.training;
    description.row("preset", &training.preset);
    description.row(
        "data",
        format!("{} ({})", config.data.name, terminal::count(config.data.images as u64, "image")),
    );
    description.row("backend", &config.backend);
    description.row("seed", training.seed);
    description.row("steps", training.steps);
    description.row("batch size", training.batch_size);
    description.row("network", &training.generator);
    let is_conditional = training.generator.classes().is_some();
    if let Some(names) = config.data.classes.as_ref().filter(|_| is_conditional) {
        description.classes(names);
    }
}
