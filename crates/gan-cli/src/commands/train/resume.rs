//! A run that goes on from its checkpoint.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use gan_data::OpenOptions;
use gan_run::{DataConfig, RunConfig, RunDir, RunWriter, names};
use gan_training::{Event, Trainer, ValidConfig};

use super::follow::follow;
use super::start::{open_part, open_training_data, open_watch};
use super::to_the_end::{Course, TimeBudget, to_the_end};
use crate::distributed::Group;
use crate::failure::Failure;
use crate::flags::TrainArgs;
use crate::machine::backend::{self, Backend};
use crate::observers::guard;
use crate::{run_config, source, terminal};

/// The run in the folder `path`, from its checkpoint.
pub(super) fn resume(
    path: &Path,
    args: &TrainArgs,
    deadline: Option<Instant>,
    group: &Group,
) -> Result<(), Failure> {
    let run = group.on_first(|| Ok(RunWriter::open(path)?))?;
    let (started, rolled_back) = group.value_of_first(|| match &run {
        Some(run) => {
            let mut started = run.dir().config()?;
            let rolled_back = go_on_after_rollback(run.dir(), &mut started)?;
            Ok((started, rolled_back))
        }
        None => Err(Failure::silent()),
    })?;
    let Prepared { mut wanted, differences, valid, data_path } =
        group.together(prepare(path, &started, args))?;
    if args.dry_run {
        terminal::say(format!("dry run: would resume {}", path.display()));
        return Ok(terminal::print(wanted.to_json().trim_end())?);
    }

    let backend = Backend::of(&wanted)?;
    let device = group.together(backend.open_nth(group.local_rank()))?;
    let ranks = group.describe(args.threads, &backend::device_name(backend, &device));
    let threads = group.evaluation_threads(args.threads);
    let watch = group.on_first(|| open_watch(&wanted, valid.data(), &device, threads))?;
    let part = open_part(&wanted, valid.data(), &device, threads, group)?;
    let watch = watch.flatten();
    let mut trainer = stored(run.as_ref(), valid, &device, group)?;
    // Of a run that follows the time, the checkpoint knows best how far it was.
    if let Some(trajectory) = &trainer.config().trajectory {
        wanted.training.trajectory = Some(trajectory.clone());
        if args.training.steps.is_none() {
            wanted.training.steps = trainer.config().steps;
        }
        // No trajectory is longer than its run.
        wanted.training.steps = wanted.training.steps.max(trajectory.steps());
    }
    let is_over = trainer.step() >= wanted.training.steps && deadline.is_none();
    group.together(trainer.reconfigure(wanted.training.clone()).map_err(Failure::from))?;
    let trainer = group.share(backend.name(), trainer)?;
    if is_over {
        terminal::say(format!(
            "{} stands at step {} and is to end at step {}; a higher --steps or a --budget of time goes on",
            path.display(),
            trainer.step(),
            wanted.training.steps
        ));
        return Ok(());
    }
    let Some(run) = run else { return follow(trainer, part, group) };
    group.must(run.write_config(&wanted))?;
    let mut opening: Vec<String> =
        differences.iter().map(|difference| format!("changed as asked: {difference}")).collect();
    opening.extend(rolled_back);
    let until = match deadline {
        Some(_) => "until the budget of time is used up".to_owned(),
        None => format!("of {}", wanted.training.steps),
    };
    opening.push(format!(
        "resuming {} after step {} {until}, on {} ({})",
        path.display(),
        trainer.step(),
        backend.name(),
        backend::device_name(backend, &device)
    ));
    opening.extend(ranks);
    let mut guard =
        guard::guard(args.guard.settings(), trainer.data(), data_path.is_none(), &device);
    if let Ok(bytes) = std::fs::read(run.dir().file(names::CHECKPOINT)) {
        guard = guard.with_checkpoint(bytes);
    }
    let events = group.must(run.dir().events())?.values;
    let is_rollback = |event: &Event| matches!(event, Event::RolledBack { .. });
    let rollbacks = events.iter().filter(|line| is_rollback(&line.event)).count();
    let guard = guard.with_rollbacks(rollbacks as u32);
    let budget = deadline.map(|deadline| TimeBudget { deadline, evaluation: Duration::ZERO });
    to_the_end(trainer, &run, Course { opening, budget, watch, guard }, args, group)
}

/// What is to be trained from here on.
struct Prepared {
    wanted: RunConfig,
    /// What the flags change, a line each.
    differences: Vec<String>,
    valid: ValidConfig,
    data_path: Option<PathBuf>,
}

/// Everything that can be refused is refused here.
fn prepare(path: &Path, started: &RunConfig, args: &TrainArgs) -> Result<Prepared, Failure> {
    let data_path = args.data.clone().or_else(|| started.data.path.clone());
    let options = args.rule.options(started.data.rule);
    let options = OpenOptions { strict: Some(false), ..options };
    if let (None, Some(path)) = (&args.data, data_path.as_ref().filter(|path| !path.exists())) {
        return Err(source::moved(path)
            .hint("--data PATH says where it is now; the same images resume the run"));
    }
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
    Ok(Prepared { wanted, differences, valid, data_path })
}

/// The trainer of the checkpoint in the folder of rank 0, which alone needs to see it.
fn stored(
    run: Option<&RunWriter>,
    valid: ValidConfig,
    device: &Device,
    group: &Group,
) -> Result<Trainer, Failure> {
    let file = run.map(|run| run.dir().file(names::CHECKPOINT)).unwrap_or_default();
    let unusable = |problem: String| {
        Failure::new(format!("{}: {problem}", file.display())).hint(
            "the snapshots in the folder are not affected; `gan train --config` with the folder's \
             config.json repeats the run from its start",
        )
    };
    let read = group.on_first(|| match std::fs::read(&file) {
        // No bytes mean to the other ranks that there is no checkpoint.
        Ok(bytes) if bytes.is_empty() => Err(unusable("empty".to_owned())),
        Ok(bytes) => Ok(Some(bytes)),
        // Ended before the first checkpoint: its first step is as good as any.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!("{}: {error}", file.display()))),
    })?;
    let bytes = group.bytes_of_first(&read.flatten().unwrap_or_default());
    if bytes.is_empty() {
        return Ok(Trainer::new(valid, device));
    }
    let restored = Trainer::from_checkpoint(&bytes, valid.data().clone(), device);
    group.together(restored.map_err(|error| unusable(error.to_string())))
}

/// A run that was rolled back goes on with the random numbers and learning rates of its checkpoint, not
/// with those that it was started with; says so.
fn go_on_after_rollback(run: &RunDir, started: &mut RunConfig) -> Result<Option<String>, Failure> {
    let events = run.events()?.values;
    if !events.iter().any(|line| matches!(line.event, Event::RolledBack { .. })) {
        return Ok(None);
    }
    let Ok(bytes) = std::fs::read(run.file(names::CHECKPOINT)) else { return Ok(None) };
    // What is wrong with the file is said where it is opened.
    let Ok((kept, step)) = Trainer::describe_checkpoint(&bytes) else { return Ok(None) };
    let training = &mut started.training;
    if kept.seed == training.seed {
        return Ok(None);
    }
    training.seed = kept.seed;
    training.generator_adam = kept.generator_adam;
    training.discriminator_adam = kept.discriminator_adam;
    Ok(Some(format!(
        "this run was rolled back: from step {step} on with its seed {} and learning rates since then",
        kept.seed
    )))
}
