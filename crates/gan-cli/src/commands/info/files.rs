//! What the files that `gan` writes say of themselves.

use std::path::Path;

use gan_data::picture;
use gan_model::{Snapshot, SnapshotError};
use gan_training::Trainer;
use gan_weights::{WeightFile, sha256};

use super::description::Description;
use super::run::describe_generator;
use crate::failure::{Failure, bad_snapshot};

pub(super) fn describe_png(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
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

pub(super) fn describe_gif(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
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

pub(super) fn describe_weights(path: &Path, bytes: Vec<u8>) -> Result<Description, Failure> {
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
    if let Some(names) = &info.class_names {
        description.classes(names);
    }
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

pub(super) fn describe_lines(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
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
