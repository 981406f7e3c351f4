//! Where things come from: data to train on, generators to draw from.

use std::path::{Path, PathBuf};

use gan_data::ImageSet;
use gan_model::Snapshot;
use gan_training::RunDir;

use crate::failure::{Failure, bad_snapshot};
use crate::run_config::RunConfig;

/// The images at `path`, or the MNIST inside the program.
pub fn open_data(path: Option<&Path>) -> Result<ImageSet, Failure> {
    match path {
        None => Ok(gan_data::mnist()?),
        Some(path) => gan_data::open(path).map_err(|error| {
            Failure::from(error).hint(
                "--data takes a folder or ZIP of PNG pictures, IDX files as MNIST has them (a \
                 folder or one of them), or an array (.npy, .npz)",
            )
        }),
    }
}

/// The images that the run in the folder `run` was trained on.
pub fn data_of_run(run: &Path) -> Result<ImageSet, Failure> {
    let config = RunConfig::read(&run.join("config.json"))?;
    let data = open_data(config.data.path.as_deref())?;
    let now = format!("{:08x}", data.checksum());
    if now != config.data.checksum {
        return Err(Failure::new(format!(
            "{} has changed since this run was trained on it",
            data.name()
        ))
        .hint("--real PATH names the images to measure against"));
    }
    Ok(data)
}

/// A snapshot and its file; `source` is a snapshot, a run folder (its newest snapshot), or the
/// latest run below `outdir`.
pub fn open_snapshot(source: Option<&Path>, outdir: &Path) -> Result<(PathBuf, Snapshot), Failure> {
    let place = match source {
        Some(path) => path.to_owned(),
        None => RunDir::latest(outdir)?,
    };
    let file = if place.is_dir() {
        newest_snapshot(&place).ok_or_else(|| {
            Failure::new(format!("{}: no snapshot in this folder", place.display()))
                .hint("a run saves its first one after --snapshot-every steps, or when it ends")
        })?
    } else {
        place
    };
    let snapshot = Snapshot::open(&file).map_err(|error| bad_snapshot(&file, &error))?;
    Ok((file, snapshot))
}

/// The snapshot of the highest step in a run folder.
pub fn newest_snapshot(run: &Path) -> Option<PathBuf> {
    numbered(run, "snapshot-", ".safetensors").pop().map(|(_, path)| path)
}

/// The files `<prefix><number><suffix>` in `folder`, by number.
pub fn numbered(folder: &Path, prefix: &str, suffix: &str) -> Vec<(u64, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(u64, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(prefix)?.strip_suffix(suffix)?;
            Some((number.parse().ok()?, entry.path()))
        })
        .collect();
    files.sort();
    files
}
