//! A run that goes on from its checkpoint.

use std::path::Path;
use std::time::Instant;

use gan_data::OpenOptions;
use gan_run::{DataConfig, RunWriter, names};
use gan_training::Trainer;

use super::start::{open_training_data, open_watch};
use super::to_the_end::to_the_end;
use crate::failure::Failure;
use crate::flags::TrainArgs;
use crate::machine::backend::{self, Backend};
use crate::observers::guard;
use crate::{run_config, terminal};

/// The run in the folder `path`, from its checkpoint.
pub(super) fn resume(
    path: &Path,
    args: &TrainArgs,
    deadline: Option<Instant>,
) -> Result<(), Failure> {
    let run = RunWriter::open(path)?;
    let started = run.dir().config()?;
    let data_path = args.data.clone().or_else(|| started.data.path.clone());
    let options = args.rule.options(started.data.rule);
    let options = OpenOptions { strict: Some(false), ..options };
    let (data, _) = open_training_data(data_path.as_deref(), options, &|_| true)?;
    let mut wanted = started.clone();
    run_config::apply(&mut wanted, args, &data)?;
    wanted.data = DataConfig::of(&data, data_path.as_deref(), options.rule);
    if let Some(preset) = args.preset.filter(|preset| preset.name() != started.training.preset) {
        let (ours, path) = (&started.training.preset, path.display());
        return Err(Failure::usage(format!(
            "--preset {}: {path} is a run of the preset {ours}, and a preset is where a run starts from",
            preset.name()
        ))
        .hint("omit --preset and name the hyperparameters to change, with --allow-change"));
    }
    let differences = started.differences(&wanted);
    if !differences.is_empty() && !args.allow_change {
        let list = differences.join("\n    ");
        return Err(Failure::usage(format!(
            "{}: this run was started differently:\n    {list}",
            path.display()
        ))
        .hint(
            "omit these flags to resume as before, or add --allow-change to accept the changes",
        ));
    }
    let valid = wanted.training.clone().for_data(data)?;
    if args.dry_run {
        terminal::say(format!("dry run: would resume {}", path.display()));
        return Ok(terminal::print(wanted.to_json().trim_end())?);
    }

    let backend = Backend::of(&wanted)?;
    let device = backend.open()?;
    let file = run.dir().file(names::CHECKPOINT);
    let watch = open_watch(&wanted, valid.data(), &device, args.threads)?;
    let mut trainer = match std::fs::read(&file) {
        Ok(bytes) => {
            Trainer::from_checkpoint(&bytes, valid.data().clone(), &device).map_err(|error| {
                Failure::new(format!("{}: {error}", file.display())).hint(
                    "the snapshots in the folder are not affected; `gan train --config` with the \
                 folder's config.json repeats the run from its start",
                )
            })?
        }
        // Ended before the first checkpoint: its first step is as good as any.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Trainer::new(valid, &device),
        Err(error) => return Err(Failure::new(format!("{}: {error}", file.display()))),
    };
    trainer.reconfigure(wanted.training.clone())?;
    if trainer.step() >= wanted.training.steps {
        terminal::say(format!(
            "{} stands at step {} and is to end at step {}; a higher --steps goes on",
            path.display(),
            trainer.step(),
            wanted.training.steps
        ));
        return Ok(());
    }
    run.write_config(&wanted)?;
    let mut opening: Vec<String> =
        differences.iter().map(|difference| format!("changed as asked: {difference}")).collect();
    opening.push(format!(
        "resuming {} after step {} of {}, on {} ({})",
        path.display(),
        trainer.step(),
        wanted.training.steps,
        backend.name(),
        backend::device_name(backend, &device)
    ));
    let guard = guard::guard(args.guard.settings(), trainer.data(), data_path.is_none(), &device);
    to_the_end(trainer, &run, &opening, deadline, watch, guard, args)
}
