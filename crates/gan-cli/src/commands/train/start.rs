//! A new run, from its first step.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use gan_collective::Single;
use gan_data::{ImageSet, OpenOptions, Report};
use gan_evaluation::{EvaluationPart, TrainingEvaluation};
use gan_run::{RunConfig, RunWriter, names};
use gan_training::{Loss, Preset, Trainer, ValidConfig};

use super::advice::{UNBOUNDED, is_lipschitz};
use super::follow::follow;
use super::to_the_end::{Course, TimeBudget, to_the_end};
use crate::VERSION;
use crate::config_file::ConfigFile;
use crate::distributed::Group;
use crate::failure::Failure;
use crate::flags::TrainArgs;
use crate::machine::backend::{self, Backend};
use crate::machine::timing;
use crate::observers::guard;
use crate::run_config::Resolved;
use crate::terminal::{self, Work};
use crate::{measuring, run_config, source};

/// A new run.
pub(super) fn start(
    args: &TrainArgs,
    deadline: Option<Instant>,
    group: &Group,
) -> Result<(), Failure> {
    let Prepared { mut config, mut valid, report, data_path, suited } =
        group.together(prepare(args))?;
    if args.dry_run {
        suited.iter().for_each(terminal::say);
        terminal::say(format!(
            "dry run: would train into {}/…-{}",
            args.outdir.display(),
            config.run_name()
        ));
        return Ok(terminal::print(config.to_json().trim_end())?);
    }

    let backend = Backend::of(&config)?;
    let device = group.together(backend.open_nth(group.local_rank()))?;
    let ranks = group.describe(args.threads, &backend::device_name(backend, &device));
    let threads = group.evaluation_threads(args.threads);
    let watch = group.on_first(|| open_watch(&config, valid.data(), &device, threads))?;
    let part = open_part(&config, valid.data(), &device, threads, group)?;
    let watch = watch.flatten();
    let (mut chosen, mut budget) = (None, None);
    if let Some(deadline) = deadline {
        config.training.trajectory = None;
        let (steps, evaluation) = group.value_of_first(|| {
            let Pace { step, evaluation } = pace(deadline, &valid, &device, watch.as_ref())?;
            let left = deadline.saturating_duration_since(Instant::now());
            let left = left.saturating_sub(evaluation).as_secs_f64();
            Ok(((left / step.as_secs_f64()).max(1.0) as u64, evaluation))
        })?;
        chosen = Some(format!(
            "about {} fit into the budget; schedules follow the time",
            terminal::count(steps, "step")
        ));
        // An average over more images than the run shows would be one of its beginning.
        if let Some(ema) = &mut config.training.stabilisers.generator_ema {
            ema.half_life_images *= (steps as f64 / config.training.steps as f64).min(1.0);
        }
        config.training.steps = steps;
        valid = config.training.clone().for_data(valid.data().clone())?;
        budget = Some(TimeBudget { deadline, evaluation });
    }
    let trainer = group.share(backend.name(), Trainer::new(valid, &device))?;
    let Some(run) = group.on_first(|| Ok(RunWriter::create(&args.outdir, &config)?))? else {
        return follow(trainer, part, group);
    };
    let data = trainer.data();
    let what = if data.is_points() { "point" } else { "image" };
    let mut opening = Vec::from_iter(suited);
    if let Some(report) = &report {
        let json = serde_json::to_string_pretty(report).expect("plain data is always JSON");
        group.must(run.write(names::DATA, json.as_bytes()))?;
        opening.extend(report.lines(data.shape()));
    }
    opening.extend([
        format!(
            "gan {VERSION}: {} on {} ({}), {} of {}, seed {}",
            config.training.preset,
            config.data.name,
            terminal::count(config.data.images as u64, what),
            terminal::count(config.training.steps, "step"),
            terminal::count(config.training.batch_size as u64, what),
            config.training.seed
        ),
        format!(
            "computing on {} ({}), keeping everything in {}",
            backend.name(),
            backend::device_name(backend, &device),
            run.path().display()
        ),
    ]);
    if !backend.is_cpu() && budget.is_none() {
        opening.push("the first steps take longer: the GPU's kernels are compiled in them".into());
    }
    opening.extend(ranks);
    opening.extend(chosen);
    if config.training.loss == Loss::Wasserstein && !is_lipschitz(&config.training) {
        opening.push(format!("warning: {UNBOUNDED}"));
    }
    let guard = guard::guard(args.guard.settings(), data, data_path.is_none(), &device);
    to_the_end(trainer, &run, Course { opening, budget, watch, guard }, args, group)
}

/// What is known before anything is opened or written.
struct Prepared {
    config: RunConfig,
    valid: ValidConfig,
    report: Option<Report>,
    data_path: Option<PathBuf>,
    /// What was chosen to suit the data, in words.
    suited: Option<String>,
}

/// Everything that can be refused is refused here, before a folder is made.
fn prepare(args: &TrainArgs) -> Result<Prepared, Failure> {
    let file = args.config.as_deref().map(ConfigFile::read).transpose()?.unwrap_or_default();
    let data_path = args.data.clone().or_else(|| file.data_path());
    let named = file.preset(args.preset)?;
    let is_suited = run_config::is_suited(named, &file, data_path.as_deref());
    let accepts = |size| match (named, is_suited) {
        (Some(preset), _) => source::takes(preset, size),
        (None, true) => Preset::is_suited_to(size),
        (None, false) => source::takes(Preset::Tutorial, size),
    };
    let options = args.rule.options(file.rule().unwrap_or_default());
    let (data, report) = open_training_data(data_path.as_deref(), options, &accepts)?;
    let rule = report.as_ref().map(|report| report.rule).unwrap_or_default();
    let Resolved { config, chosen: suited } =
        run_config::resolve(args, &file, &data, data_path.as_deref(), rule)?;
    let valid = config.training.clone().for_data(data)?;
    Ok(Prepared { config, valid, report, data_path, suited })
}

/// The images at `path` and what became of the files there, or the MNIST inside the program.
pub(super) fn open_training_data(
    path: Option<&Path>,
    options: OpenOptions<'_>,
    accepts: &(dyn Fn([usize; 2]) -> bool + Sync),
) -> Result<(ImageSet, Option<Report>), Failure> {
    match path {
        None => Ok((source::open_data(None)?, None)),
        Some(path) => {
            let opened = source::open_images(path, options, accepts)?;
            let report = (!opened.set.is_points()).then_some(opened.report);
            Ok((opened.set, report))
        }
    }
}

/// What measures while the run trains, if anything is to.
pub(super) fn open_watch(
    config: &RunConfig,
    data: &ImageSet,
    device: &Device,
    threads: usize,
) -> Result<Option<TrainingEvaluation>, Failure> {
    let Some(evaluation) = &config.evaluation else { return Ok(None) };
    let work = Work::begin(&format!("real images for {}, looked at once", evaluation.metric));
    let cache = measuring::feature_cache();
    let opened = TrainingEvaluation::open(evaluation, data, device, threads, cache, &work);
    Ok(Some(opened?))
}

/// What a rank that is not the first does of it.
pub(super) fn open_part(
    config: &RunConfig,
    data: &ImageSet,
    device: &Device,
    threads: usize,
    group: &Group,
) -> Result<Option<EvaluationPart>, Failure> {
    let evaluation = config.evaluation.as_ref().filter(|_| !group.is_first());
    let part = evaluation.map(|evaluation| {
        let cache = measuring::feature_cache();
        EvaluationPart::open(evaluation, data, device, threads, cache).map_err(Failure::from)
    });
    group.together(part.transpose())
}

/// What a run takes, measured before it begins.
struct Pace {
    /// A step and its part of the evaluations.
    step: Duration,
    evaluation: Duration,
}

/// Measured on the same data and device, in a fraction of the time before `deadline`.
fn pace(
    deadline: Instant,
    valid: &ValidConfig,
    device: &Device,
    watch: Option<&TrainingEvaluation>,
) -> Result<Pace, Failure> {
    let _work = Work::begin("measuring the speed; a GPU's kernels are compiled first");
    let (mut trial, config) = (Trainer::new(valid.clone(), device), valid.config());
    let total = deadline.saturating_duration_since(Instant::now());
    let trial_time = (total / 20).clamp(Duration::from_millis(50), Duration::from_secs(3));
    let time = timing::measure(&mut trial, device, trial_time)?;
    let mut evaluation = Duration::ZERO;
    if let Some(watch) = watch {
        let start = Instant::now();
        watch.measure(trial.sampler(), &Single)?;
        evaluation = start.elapsed();
    }
    let of_evaluations = evaluation.as_secs_f64() / config.evaluate_every.0.max(1) as f64;
    let step = Duration::from_secs_f64(time.median_ms / 1e3 + of_evaluations);
    Ok(Pace { step: step.max(Duration::from_nanos(1)), evaluation })
}
