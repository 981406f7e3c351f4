//! `gan train`: a run from its first step, or from where it stopped.

use std::path::Path;
use std::slice;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use gan_data::{ImageSet, OpenOptions, Report};
use gan_evaluation::TrainingEvaluation;
use gan_model::{DiscriminatorConfig, MlpDiscriminatorConfig};
use gan_report::Pictures;
use gan_run::{DataConfig, RunConfig, RunDir, RunWriter, names};
use gan_training::guard::Guard;
use gan_training::{
    Ending, Loss, NonFinite, Observers, Preset, Run, TrainError, Trainer, TrainingConfig,
    ValidConfig,
};

use crate::VERSION;
use crate::config_file::ConfigFile;
use crate::failure::Failure;
use crate::flags::TrainArgs;
use crate::machine::backend::{self, Backend};
use crate::machine::timing;
use crate::observers::guard;
use crate::observers::{BestSnapshot, Budget, Evaluation, RunFolder, Terminal};
use crate::terminal::{self, Work};
use crate::{machine, measuring, run_config, source};

/// Set by Ctrl-C, SIGTERM and the end of the budget; the run ends after the step it is in.
static STOP: AtomicBool = AtomicBool::new(false);

pub fn run(args: &TrainArgs) -> Result<(), Failure> {
    let deadline = args.budget.map(|budget| Instant::now() + budget);
    machine::set_threads(args.threads);
    STOP.store(false, Ordering::Relaxed);
    match &args.resume {
        None => start(args, deadline),
        Some(named) => {
            let path = match named {
                Some(path) => path.clone(),
                None => RunDir::latest(&args.outdir)?.path().to_owned(),
            };
            resume(&path, args, deadline)
        }
    }
}

/// A new run.
fn start(args: &TrainArgs, deadline: Option<Instant>) -> Result<(), Failure> {
    let file = args.config.as_deref().map(ConfigFile::read).transpose()?.unwrap_or_default();
    let data_path = args.data.clone().or_else(|| file.data_path());
    let preset = file.preset(args.preset, Preset::Tutorial)?;
    let options = args.rule.options(file.rule().unwrap_or_default());
    let (data, report) = open_training_data(data_path.as_deref(), options, preset)?;
    let rule = report.as_ref().map(|report| report.rule).unwrap_or_default();
    let mut config = run_config::resolve(args, &file, &data, data_path.as_deref(), rule)?;
    // Everything that can be refused is refused before a folder is made.
    let mut valid = config.training.clone().for_data(data)?;
    if args.dry_run {
        terminal::say(format!(
            "dry run: would train into {}/…-{}",
            args.outdir.display(),
            config.run_name()
        ));
        return Ok(terminal::print(config.to_json().trim_end())?);
    }

    let backend = Backend::of(&config)?;
    let device = backend.open()?;
    let watch = open_watch(&config, valid.data(), &device, args.threads)?;
    let mut chosen = None;
    if let Some(deadline) = deadline {
        let steps = steps_within(deadline, &valid, &device, watch.as_ref())?;
        chosen = Some(format!(
            "{steps} of the preset's {} steps fit into the budget{}",
            config.training.steps,
            if steps < config.training.steps { "; schedules are shortened with them" } else { "" }
        ));
        // An average over more images than the run shows would be one of its beginning.
        if let Some(ema) = &mut config.training.stabilisers.generator_ema {
            ema.half_life_images *= steps as f64 / config.training.steps as f64;
        }
        config.training.steps = steps;
        valid = config.training.clone().for_data(valid.data().clone())?;
    }
    let what = if valid.data().is_points() { "points" } else { "images" };
    let run = RunWriter::create(&args.outdir, &config)?;
    let mut opening = Vec::new();
    if let Some(report) = &report {
        let json = serde_json::to_string_pretty(report).expect("plain data is always JSON");
        run.write(names::DATA, json.as_bytes())?;
        opening.extend(report.lines(valid.data().shape()));
    }
    opening.extend([
        format!(
            "gan {VERSION}: {} on {} ({} {what}), {} of {} {what}, seed {}",
            config.training.preset,
            config.data.name,
            config.data.images,
            terminal::count(config.training.steps, "step"),
            config.training.batch_size,
            config.training.seed
        ),
        format!(
            "computing on {} ({}), keeping everything in {}",
            backend.name(),
            backend::device_name(backend, &device),
            run.path().display()
        ),
    ]);
    opening.extend(chosen);
    if config.training.loss == Loss::Wasserstein && !is_lipschitz(&config.training) {
        opening.push(format!("warning: {UNBOUNDED}"));
    }
    let guard = guard::guard(args.guard.settings(), valid.data(), data_path.is_none(), &device);
    keep_training(Trainer::new(valid, &device), &run, &opening, deadline, watch, guard)
}

/// The images at `path` and what became of the files there, or the MNIST inside the program.
fn open_training_data(
    path: Option<&Path>,
    options: OpenOptions<'_>,
    preset: Preset,
) -> Result<(ImageSet, Option<Report>), Failure> {
    match path {
        None => Ok((source::open_data(None)?, None)),
        Some(path) => {
            let opened = source::open_images(path, options, Some(preset))?;
            let report = (!opened.set.is_points()).then_some(opened.report);
            Ok((opened.set, report))
        }
    }
}

/// The run in the folder `path`, from its checkpoint.
fn resume(path: &Path, args: &TrainArgs, deadline: Option<Instant>) -> Result<(), Failure> {
    let run = RunWriter::open(path)?;
    let started = run.dir().config()?;
    let data_path = args.data.clone().or_else(|| started.data.path.clone());
    let options = args.rule.options(started.data.rule);
    let options = OpenOptions { strict: Some(false), ..options };
    let (data, _) = open_training_data(data_path.as_deref(), options, Preset::Tutorial)?;
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
    keep_training(trainer, &run, &opening, deadline, watch, guard)
}

/// Trains to the end of the run, or until stopped, and says how it went; `opening` is said first.
fn keep_training(
    trainer: Trainer,
    folder: &RunWriter,
    opening: &[String],
    deadline: Option<Instant>,
    watch: Option<TrainingEvaluation>,
    mut guard: Guard<'_>,
) -> Result<(), Failure> {
    // The handler can only be set once in a process, and a process trains once.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    let mut screen = Terminal::new(&trainer);
    let mut files = RunFolder::new(folder, &trainer)?;
    let mut budget = deadline.map(Budget::until);
    let keep_best = watch.as_ref().is_some_and(|watch| watch.keep_best);
    let mut evaluation = None;
    if let Some(mut watch) = watch {
        watch.remember(folder.dir())?;
        evaluation = Some(Evaluation::new(watch));
    }
    let evaluated = evaluation.as_ref();
    let evaluated = evaluated.map(|it| it.describe(trainer.config().evaluate_every.0));
    for line in opening.iter().chain(&evaluated) {
        screen.println(line);
        files.note(trainer.step(), line)?;
    }

    let mut observers = Observers::new().with("terminal", &mut screen);
    observers.add("run folder", &mut files);
    observers.add("guard", &mut guard);
    if let Some(evaluation) = &mut evaluation {
        observers.add("evaluation", evaluation);
    }
    if keep_best {
        observers.add("best snapshot", BestSnapshot::new(folder));
    }
    if let Some(budget) = &mut budget {
        observers.add("budget", budget);
    }
    let mut run = Run::new(trainer, observers);
    let ending = run.train(&STOP);
    let trainer = run.into_trainer();

    let path = folder.path().display();
    let resume = format!("resume with: gan train --resume {}", terminal::quoted(folder.path()));
    let sample = format!("draw from it: gan sample {}", terminal::quoted(folder.path()));
    let mut closing = Vec::new();
    let result = match ending {
        Ok(Ending::Finished) => {
            closing.push(format!(
                "done: {}; the animation of {} is {path}/samples.gif",
                terminal::count(trainer.step(), "step"),
                terminal::count(files.frames() as u64, "grid"),
            ));
            closing.extend(evaluation.as_ref().and_then(Evaluation::describe_best));
            closing.push(sample);
            Ok(())
        }
        Ok(_) if budget.as_ref().is_some_and(Budget::is_used_up) => {
            let step = trainer.step();
            closing.push(format!("the budget is used up after step {step}; {resume}"));
            closing.push(sample);
            Ok(())
        }
        Ok(_) => Err(Failure::interrupted(format!(
            "after step {} of {}; everything is saved in {path}",
            trainer.step(),
            trainer.config().steps
        ))
        .hint(resume)),
        Err(TrainError::NonFinite(error)) => Err(not_finite(&error, &trainer, &files, folder)),
        Err(TrainError::Observer { observer, source }) => Err(match source.downcast::<Failure>() {
            Ok(failure) => *failure,
            Err(other) => Failure::new(format!("{observer}: {other}")),
        }),
        Err(other) => Err(Failure::new(other.to_string())),
    };
    let started = folder.dir().config()?;
    let data = started.data.path.as_deref().map(terminal::quoted);
    closing.extend(guard::closing(guard.alarms(), &started.training, data.as_deref()));
    closing.push(write_report(folder));
    for line in &closing {
        screen.println(line);
        files.log(line)?;
    }
    if let Err(failure) = &result {
        failure.lines().try_for_each(|line| files.log(line))?;
    }
    result
}

/// Writes the run as one page, and says where or why not. What was trained is kept either way.
fn write_report(folder: &RunWriter) -> String {
    let path = folder.dir().file(names::REPORT);
    let page = gan_report::page(slice::from_ref(folder.dir()), Pictures::Inside);
    match page.and_then(|page| folder.write(names::REPORT, page.as_bytes())) {
        Ok(()) => format!("the run as one page: {}", path.display()),
        Err(error) => format!("there is no report: {error}"),
    }
}

fn not_finite(
    error: &NonFinite,
    trainer: &Trainer,
    files: &RunFolder<'_>,
    folder: &RunWriter,
) -> Failure {
    let saved = files.saved_step().map_or_else(
        || "nothing was saved before it".to_owned(),
        |step| {
            let path = folder.path().display();
            format!("the checkpoint of step {step} and all snapshots in {path} are good")
        },
    );
    Failure::not_finite(format!("{error}; {saved}")).hint(advice(trainer.config()))
}

const UNBOUNDED: &str = "the Wasserstein loss needs a Lipschitz discriminator: add \
     --gradient-penalty interpolates, --weight-clip 0.01, or --spectral-norm";

/// Whether something bounds the discriminator's input gradient.
fn is_lipschitz(config: &TrainingConfig) -> bool {
    let has_spectral_norm = matches!(
        &config.discriminator,
        DiscriminatorConfig::Mlp(MlpDiscriminatorConfig { spectral_norm: true, .. })
    );
    let penalties = &config.penalties;
    penalties.need_input_gradient() || penalties.weight_clip.is_some() || has_spectral_norm
}

fn advice(config: &TrainingConfig) -> &'static str {
    match config.loss {
        Loss::Textbook => {
            "this loss takes the logarithm of a probability that has rounded to 0; \
             --loss non-saturating is the same loss computed from logits, and stays finite"
        }
        Loss::Wasserstein if !is_lipschitz(config) => UNBOUNDED,
        _ => {
            "a number grew beyond what f32 holds, mostly because steps were too large; \
             try a lower --learning-rate, or another --seed"
        }
    }
}

/// What measures while the run trains, if anything is to.
fn open_watch(
    config: &RunConfig,
    data: &ImageSet,
    device: &Device,
    threads: Option<usize>,
) -> Result<Option<TrainingEvaluation>, Failure> {
    let Some(evaluation) = &config.evaluation else { return Ok(None) };
    terminal::say(format!("features of real images for {}, computed once", evaluation.metric));
    let (threads, cache) = (threads.unwrap_or_else(machine::cores), measuring::feature_cache());
    let opened = TrainingEvaluation::open(evaluation, data, device, threads, cache, &());
    Ok(Some(opened?))
}

/// How many of the configured steps fit before `deadline`, from a measurement on the same data and
/// device; some time is kept for saving and the animation.
fn steps_within(
    deadline: Instant,
    valid: &ValidConfig,
    device: &Device,
    watch: Option<&TrainingEvaluation>,
) -> Result<u64, Failure> {
    let _work = Work::begin("measuring the speed; a GPU's kernels are compiled first");
    let (mut trial, config) = (Trainer::new(valid.clone(), device), valid.config());
    let total = deadline.saturating_duration_since(Instant::now());
    let trial_time = (total / 20).clamp(Duration::from_millis(50), Duration::from_secs(3));
    let time = timing::measure(&mut trial, device, trial_time)?;
    let mut evaluation_ms = 0.0;
    if let Some(evaluation) = watch {
        let start = Instant::now();
        evaluation.measure(trial.snapshot(VERSION))?;
        evaluation_ms = start.elapsed().as_secs_f64() * 1e3;
    }
    let step_ms = time.median_ms + evaluation_ms / config.evaluate_every.0.max(1) as f64;
    let left = deadline.saturating_duration_since(Instant::now());
    let usable = left.as_secs_f64() * 0.95;
    // The last step is evaluated even where none is due.
    let fitting = ((usable * 1e3 - evaluation_ms) / step_ms) as u64;
    Ok(fitting.clamp(1, config.steps))
}
