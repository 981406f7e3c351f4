//! `gan info`: what a file or a folder is.

use std::path::Path;

use gan_data::{ImageSet, Modes, picture};
use gan_model::{GeneratorConfig, Snapshot, SnapshotError};
use gan_run::{RunConfig, RunDir, names};
use gan_training::Trainer;
use gan_weights::{WeightFile, sha256};

use crate::failure::{Failure, bad_snapshot};
use crate::flags::InfoArgs;
use crate::terminal;

/// What there is to say: a headline, and rows of a name and a value.
struct Description {
    headline: String,
    rows: Vec<(String, String)>,
}

pub fn run(args: &InfoArgs) -> Result<(), Failure> {
    Ok(terminal::print(describe(&args.path)?.text(&args.path))?)
}

fn describe(path: &Path) -> Result<Description, Failure> {
    if path.is_dir() {
        return match RunDir::open(path) {
            Ok(run) => describe_run(&run),
            Err(_) => describe_data(path),
        };
    }
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::new(format!("{}: cannot be read: {error}", path.display())))?;
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        _ if bytes.starts_with(b"\x89PNG") => describe_png(path, &bytes),
        _ if bytes.starts_with(b"GIF8") => describe_gif(path, &bytes),
        Some("json") => Ok(describe_config(&RunConfig::read(path)?)),
        Some("jsonl" | "txt") => describe_lines(path, &bytes),
        Some("safetensors") => describe_weights(path, bytes),
        _ if WeightFile::parse(&bytes).is_ok() => describe_weights(path, bytes),
        _ => describe_data(path),
    }
}

fn describe_png(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
    let text = picture::png_text(bytes)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let mut description = Description::new("a PNG picture");
    if text.is_empty() {
        description.row("origin", "it does not say where it came from");
    }
    for (keyword, value) in text {
        description.row(&keyword, value);
    }
    Ok(description)
}

fn describe_gif(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
    // Behind the signature: width and height, two bytes each, the lower one first.
    let Some(&[a, b, c, d]) = bytes.get(6..10) else {
        return Err(Failure::new(format!("{}: a GIF animation, cut short", path.display())));
    };
    let mut description = Description::new("a GIF animation");
    let [width, height] = [[a, b], [c, d]].map(u16::from_le_bytes);
    description.row("pixels", format!("{width} × {height}"));
    description.row("bytes", bytes.len());
    Ok(description)
}

fn describe_weights(path: &Path, bytes: Vec<u8>) -> Result<Description, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", path.display()));
    let file = WeightFile::parse(&bytes).map_err(|error| wrong(&error))?;
    if file.metadata(Trainer::CHECKPOINT_KEY).is_some() {
        return describe_checkpoint(path, &bytes);
    }
    let (parameters, hash) = (file.parameter_count(), sha256(&bytes));
    match Snapshot::from_bytes(bytes) {
        Ok(snapshot) => Ok(describe_snapshot(&snapshot)),
        Err(SnapshotError::NoInfo(_)) => {
            let mut description = Description::new("a safetensors file, but no snapshot");
            description.row("parameters", parameters);
            description.row("sha256", hash);
            Ok(description)
        }
        Err(error) => Err(bad_snapshot(path, &error)),
    }
}

fn describe_snapshot(snapshot: &Snapshot) -> Description {
    let info = snapshot.info();
    let mut description = Description::new("a snapshot of a generator, to sample from");
    description.row("preset", &info.preset);
    description.row("data", &info.data);
    description.row("run seed", info.seed);
    description.row("step", info.step);
    description.row("images seen", info.images_seen);
    description.row("network", describe_generator(&info.generator));
    description.row("parameters", info.generator.parameter_count().unwrap_or_default());
    description.row("written by", format!("gan {}", info.version));
    description.row("sha256", sha256(snapshot.as_bytes()));
    description
}

fn describe_checkpoint(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
    let (config, step) = Trainer::describe_checkpoint(bytes)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let mut description = Description::new("a checkpoint of a run, to resume from");
    description.row("preset", &config.preset);
    description.row("run seed", config.seed);
    description.row("step", format!("{step} of {}", config.steps));
    description.row("network", describe_generator(&config.generator));
    Ok(description)
}

fn describe_config(config: &RunConfig) -> Description {
    let mut description = Description::new("the configuration of a run");
    description.config(config);
    description
}

fn describe_run(run: &RunDir) -> Result<Description, Failure> {
    let config = run.config()?;
    let mut description = Description::new("a run");
    description.config(&config);
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

fn describe_data(path: &Path) -> Result<Description, Failure> {
    let data = gan_data::open(path).map_err(|error| {
        Failure::new(error.to_string())
            .hint("`gan info` knows runs and all that is in them, pictures, and data to train on")
    })?;
    Ok(describe_images(&data))
}

fn describe_images(data: &ImageSet) -> Description {
    let mut description = Description::new("data to train on");
    let [channels, height, width] = data.shape();
    match data.is_points() {
        true => description.row("points", data.len()),
        false => {
            description.row("images", data.len());
            description.row("shape", format!("{channels} × {height} × {width}"));
        }
    }
    match data.labels().and_then(|labels| labels.iter().max()) {
        Some(largest) => description.row("labels", format!("0 to {largest}")),
        None => description.row("labels", "none"),
    }
    match data.modes() {
        Some(Modes::Gaussians { centres, .. }) => description.row("modes", centres.len()),
        Some(Modes::Scene(rule)) => description.row("rule", rule),
        Some(Modes::StackedDigits) => description.row("modes", gan_metrics::STACKED_MODES),
        None => {}
    }
    description.row("checksum", format!("{:08x}", data.checksum()));
    description
}

fn describe_lines(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Failure::new(format!("{}: not text", path.display())));
    };
    let mut description = Description::new("text");
    description.row("lines", text.lines().count());
    if let Some(last) = text.lines().next_back() {
        description.row("last line", last);
    }
    Ok(description)
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

impl Description {
    fn new(headline: &str) -> Self {
        Self { headline: headline.to_owned(), rows: Vec::new() }
    }

    fn row(&mut self, name: &str, value: impl std::fmt::Display) {
        self.rows.push((name.to_owned(), value.to_string()));
    }

    fn config(&mut self, config: &RunConfig) {
        let training = &config.training;
        self.row("preset", &training.preset);
        self.row("data", format!("{} ({} images)", config.data.name, config.data.images));
        self.row("backend", &config.backend);
        self.row("seed", training.seed);
        self.row("steps", training.steps);
        self.row("batch size", training.batch_size);
        self.row("network", describe_generator(&training.generator));
    }

    fn text(&self, path: &Path) -> String {
        let rows = self.rows.iter().map(|(name, value)| format!("\n  {name:<16} {value}"));
        format!("{}: {}{}", path.display(), self.headline, rows.collect::<String>())
    }
}
