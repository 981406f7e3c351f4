//! What the files that `gan` writes say of themselves.

use std::path::Path;

use gan_data::picture;
use gan_interop::AboutOnnx;
use gan_metrics::Statistics;
use gan_model::{Snapshot, SnapshotError};
use gan_training::Trainer;
use gan_weights::{WeightFile, sha256};

use super::description::Description;
use crate::failure::{Failure, bad_snapshot};

pub(super) fn describe_png(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
    let text = picture::png_text(bytes)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let headline =
        if picture::is_animated_png(bytes) { "a PNG animation" } else { "a PNG picture" };
    let mut description = Description::new(headline);
    description.origin(text);
    Ok(description)
}

/// GIF and WebP.
pub(super) fn describe_animation(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
    let wrong = |why: &str| Failure::new(format!("{}: {why}", path.display()));
    let (headline, size) = match bytes {
        // Behind the signature: width and height, two bytes each, the lower one first.
        [b'G', b'I', b'F', _, _, _, a, b, c, d, ..] => {
            let [width, height] = [[*a, *b], [*c, *d]].map(u16::from_le_bytes).map(u32::from);
            ("a GIF animation", Some([width, height]))
        }
        [b'R', b'I', b'F', b'F', ..] => ("a WebP picture or animation", webp_size(bytes)),
        _ => return Err(wrong("a GIF animation, cut short")),
    };
    let text = picture::animation_text(bytes).map_err(|error| wrong(&error.to_string()))?;
    let mut description = Description::new(headline);
    if let Some([width, height]) = size {
        description.row("pixels", format!("{width} × {height}"));
    }
    description.row("bytes", bytes.len());
    description.origin(text);
    Ok(description)
}

/// Behind the flags of an animation: width and height less 1, three bytes each.
fn webp_size(bytes: &[u8]) -> Option<[u32; 2]> {
    let side = |at: usize| {
        let bytes = bytes.get(at..at + 3)?;
        Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]) + 1)
    };
    (bytes.get(12..16)? == b"VP8X").then_some(())?;
    Some([side(24)?, side(27)?])
}

/// What `gan evaluate --save-statistics` and pytorch-fid store.
pub(super) fn describe_statistics(statistics: &Statistics) -> Description {
    let mut description =
        Description::new("mean and covariance of features, for `gan evaluate --real-statistics`");
    description.row("dimensions", statistics.dim());
    description
}

pub(super) fn describe_onnx(about: AboutOnnx, bytes: &[u8]) -> Description {
    let mut description = Description::new("an ONNX network");
    for (name, text) in [("described as", &about.description), ("written by", &about.producer)] {
        if !text.trim().is_empty() {
            description.row(name, text.trim());
        }
    }
    description.row("operator set", about.opset);
    description.row("in", about.inputs.join(", "));
    description.row("out", about.outputs.join(", "));
    description.row("parameters", about.parameters);
    description.row("sha256", sha256(bytes));
    description.origin(about.metadata);
    description
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
    description.row("network", &info.generator);
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
    description.row("network", &config.generator);
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
