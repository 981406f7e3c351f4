//! A run, and its configuration.

use gan_model::{GeneratorConfig, Snapshot};
use gan_run::{RunConfig, RunDir, names};
use gan_training::Trainer;

use super::description::Description;
use crate::failure::Failure;

pub(super) fn describe_config(config: &RunConfig) -> Description {
    let mut description = Description::new("the configuration of a run");
    add_config(&mut description, config);
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

pub(super) fn describe_generator(config: &GeneratorConfig) -> String {
    let arrows = |widths: &[usize]| {
        let widths: Vec<String> = widths.iter().map(usize::to_string).collect();
        widths.join(" → ")
    };
    let [channels, height, width] = config.image_shape();
    let image = format!("{channels} × {height} × {width}");
    let network = match config {
        GeneratorConfig::Mlp(mlp) => {
            let pixels = channels * height * width;
            format!("mlp {}", arrows(&[&[mlp.latents.dim], &mlp.hidden[..], &[pixels]].concat()))
        }
        GeneratorConfig::Dcgan(dcgan) => {
            format!("dcgan {} → … → {} → {image}", dcgan.latents.dim, dcgan.width)
        }
        GeneratorConfig::Residual(residual) => {
            let widths = arrows(&residual.stages.widths);
            format!("residual {} → {widths} → {image}", residual.latents.dim)
        }
    };
    match config.classes() {
        Some(classes) => format!("{network}, {classes} classes"),
        None => network,
    }
}

/// Rows of a configuration.
fn add_config(description: &mut Description, config: &RunConfig) {
    let training = &config.training;
    description.row("preset", &training.preset);
    description.row("data", format!("{} ({} images)", config.data.name, config.data.images));
    description.row("backend", &config.backend);
    description.row("seed", training.seed);
    description.row("steps", training.steps);
    description.row("batch size", training.batch_size);
    description.row("network", describe_generator(&training.generator));
    let is_conditional = training.generator.classes().is_some();
    if let Some(names) = config.data.classes.as_ref().filter(|_| is_conditional) {
        description.classes(names);
    }
}
