//! `gan info`: what a file or a run is.

use std::path::Path;

use gan_data::picture;
use gan_model::{GeneratorConfig, Snapshot};
use gan_run::{RunDir, StatsLine, names};
use gan_training::Trainer;
use gan_weights::{WeightFile, sha256};

use crate::failure::{Failure, bad_snapshot};
use crate::flags::InfoArgs;

const PNG: &[u8] = b"\x89PNG";

pub fn run(args: &InfoArgs) -> Result<(), Failure> {
    let path = &args.path;
    if path.is_dir() {
        return describe_run(path);
    }
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::new(format!("{}: cannot be read: {error}", path.display())))?;
    if bytes.starts_with(PNG) {
        return describe_picture(path, &bytes);
    }
    if WeightFile::parse(&bytes).is_ok_and(|file| file.metadata(Trainer::CHECKPOINT_KEY).is_some())
    {
        return describe_checkpoint(path, &bytes);
    }
    let snapshot = Snapshot::from_bytes(bytes).map_err(|error| bad_snapshot(path, &error))?;
    describe_snapshot(path, &snapshot);
    Ok(())
}

fn describe_picture(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let text = picture::png_text(bytes)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    println!("{}: a PNG picture", path.display());
    if text.is_empty() {
        println!("  it does not say where it came from");
    }
    for (keyword, value) in text {
        row(&keyword, value);
    }
    Ok(())
}

fn describe_snapshot(path: &Path, snapshot: &Snapshot) {
    let info = snapshot.info();
    println!("{}: a snapshot of a generator, to sample from", path.display());
    row("preset", &info.preset);
    row("data", &info.data);
    row("run seed", info.seed);
    row("step", info.step);
    row("images seen", info.images_seen);
    row("network", describe_generator(&info.generator));
    row("parameters", info.generator.parameter_count().unwrap_or_default());
    row("written by", format!("gan {}", info.version));
    row("sha256", sha256(snapshot.as_bytes()));
}

fn describe_checkpoint(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let (config, step) = Trainer::describe_checkpoint(bytes)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    println!("{}: a checkpoint of a run, to resume from", path.display());
    row("preset", &config.preset);
    row("run seed", config.seed);
    row("step", format!("{step} of {}", config.steps));
    row("network", describe_generator(&config.generator));
    Ok(())
}

fn describe_run(path: &Path) -> Result<(), Failure> {
    let run = RunDir::open(path)?;
    let config = run.config()?;
    let training = &config.training;
    println!("{}: a run", path.display());
    row("preset", &training.preset);
    row("data", format!("{} ({} images)", config.data.name, config.data.images));
    row("backend", &config.backend);
    row("seed", training.seed);
    row("network", describe_generator(&training.generator));
    let checkpoint = std::fs::read(run.file(names::CHECKPOINT)).ok();
    let step = checkpoint.and_then(|bytes| Trainer::describe_checkpoint(&bytes).ok());
    match step {
        Some((_, step)) => row("checkpoint", format!("step {step} of {}", training.steps)),
        None => row("checkpoint", "none yet"),
    }
    match run.newest_snapshot() {
        Some(file) => row("newest snapshot", file.display()),
        None => row("newest snapshot", "none yet"),
    }
    let stats = run.stats()?.values;
    let is_report = |line: &&StatsLine| matches!(line, StatsLine::Report(_));
    if let Some(last) = stats.iter().rfind(is_report) {
        row("last report", as_json(last));
    }
    if let Some(last) = stats.iter().rfind(|line| !is_report(line)) {
        row("last evaluation", as_json(last));
    }
    let best_path = run.file(names::BEST);
    if let Ok(best) = Snapshot::open(&best_path) {
        row("best snapshot", format!("{}, of step {}", best_path.display(), best.info().step));
    }
    Ok(())
}

fn describe_generator(config: &GeneratorConfig) -> String {
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

fn as_json(line: &StatsLine) -> String {
    serde_json::to_string(line).expect("plain data is always JSON")
}

fn row(name: &str, value: impl std::fmt::Display) {
    println!("  {name:<16} {value}");
}
