//! Where things come from: data to train on, generators to draw from.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gan_data::ImageSet;
use gan_model::Snapshot;
use gan_run::RunDir;

use crate::failure::{Failure, bad_snapshot};

/// The images at `path`, or the MNIST inside the program.
pub fn open_data(path: Option<&Path>) -> Result<ImageSet, Failure> {
    match path {
        None => mnist(),
        Some(path) => gan_data::open(path).map_err(|error| {
            Failure::from(error).hint(
                "images can be a folder or ZIP of pictures, IDX files as MNIST has them (a folder or \
                 one of them), or an array (.npy, .npz)",
            )
        }),
    }
}

/// Unpacked once in a process.
fn mnist() -> Result<ImageSet, Failure> {
    static MNIST: OnceLock<ImageSet> = OnceLock::new();
    match MNIST.get() {
        Some(mnist) => Ok(mnist.clone()),
        None => {
            let mnist = gan_data::mnist()?;
            Ok(MNIST.get_or_init(|| mnist).clone())
        }
    }
}

/// The images that `run` was trained on.
pub fn data_of_run(run: &RunDir) -> Result<ImageSet, Failure> {
    let config = run.config()?;
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
    let newest = |run: RunDir| {
        run.newest_snapshot().ok_or_else(|| {
            Failure::new(format!("{}: no snapshot in this folder", run.path().display()))
                .hint("a run saves its first one after --snapshot-every steps, or when it ends")
        })
    };
    let file = match source {
        None => newest(RunDir::latest(outdir)?)?,
        Some(path) if path.is_dir() => newest(RunDir::open(path)?)?,
        Some(path) => path.to_owned(),
    };
    let snapshot = Snapshot::open(&file).map_err(|error| bad_snapshot(&file, &error))?;
    Ok((file, snapshot))
}
