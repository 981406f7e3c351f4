//! `gan info`: what a file or a run is.

use std::path::Path;

use gan_data::picture;
use gan_model::{GeneratorConfig, Snapshot};
use gan_training::Trainer;
use gan_weights::{WeightFile, sha256};

use crate::failure::{Failure, bad_snapshot};
use crate::flags::InfoArgs;
use crate::run_config::RunConfig;
use crate::source;
use crate::watch::BEST;

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
    let config = RunConfig::read(&path.join("config.json"))?;
    let training = &config.training;
    println!("{}: a run", path.display());
    row("preset", &training.preset);
    row("data", format!("{} ({} images)", config.data.name, config.data.images));
    row("backend", config.backend.name());
    row("seed", training.seed);
    row("network", describe_generator(&training.generator));
    let checkpoint = std::fs::read(path.join("checkpoint.safetensors")).ok();
    let step = checkpoint.and_then(|bytes| Trainer::describe_checkpoint(&bytes).ok());
    match step {
        Some((_, step)) => row("checkpoint", format!("step {step} of {}", training.steps)),
        None => row("checkpoint", "none yet"),
    }
    match source::newest_snapshot(path) {
        Some(file) => row("newest snapshot", file.display()),
        None => row("newest snapshot", "none yet"),
    }
    let stats = std::fs::read_to_string(path.join("stats.jsonl")).unwrap_or_default();
    if let Some(last) = stats.lines().rfind(|line| line.contains("loss/d")) {
        row("last report", last);
    }
    if let Some(last) = stats.lines().rfind(|line| line.contains("metric/")) {
        row("last evaluation", last);
    }
    if let Ok(best) = Snapshot::open(path.join(BEST)) {
        row(
            "best snapshot",
            format!("{}, of step {}", path.join(BEST).display(), best.info().step),
        );
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

fn row(name: &str, value: impl std::fmt::Display) {
    println!("  {name:<16} {value}");
}
