//! Where things come from: data to train on, generators to draw from.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gan_data::{ImageSet, OpenOptions, Opened};
use gan_model::Snapshot;
use gan_run::{DataConfig, RunDir};
use gan_training::Preset;

use crate::failure::{Failure, bad_snapshot};
use crate::terminal::Work;

/// The images at `path`, or the MNIST inside the program.
pub fn open_data(path: Option<&Path>) -> Result<ImageSet, Failure> {
    match path {
        None => mnist(),
        Some(path) => Ok(open_images(path, OpenOptions::default(), &|_| true)?.set),
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

/// The images at `path`, of a size that `accepts` takes, and what became of the files there.
pub fn open_images(
    path: &Path,
    options: OpenOptions<'_>,
    accepts: &(dyn Fn([usize; 2]) -> bool + Sync),
) -> Result<Opened, Failure> {
    let work = Work::begin("looking at the images");
    let progress = |what: &str, done: usize, total: usize| {
        if done == 1 {
            work.stage(what, total as u64);
        }
        work.advance(1);
    };
    let options = OpenOptions { accepts: Some(accepts), progress: Some(&progress), ..options };
    Ok(gan_data::open_with(path, &options)?)
}

/// Whether the networks of `preset` take images of this size.
pub fn takes(preset: Preset, [height, width]: [usize; 2]) -> bool {
    preset == Preset::Points || preset.config([3, height, width]).check().is_ok()
}

/// The images that `run` was trained on.
pub fn data_of_run(run: &RunDir) -> Result<ImageSet, Failure> {
    let config = run.config()?;
    let data = match &config.data.path {
        None => open_data(None)?,
        Some(path) if !path.exists() => {
            return Err(moved(path).hint("--real PATH names the images to measure against"));
        }
        Some(path) => open_images(path, options_of(&config.data), &|_| true)?.set,
    };
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

/// The data of a run, at `path`, are not there.
pub fn moved(path: &Path) -> Failure {
    let path = path.display();
    Failure::new(format!("{path}, which this run was trained on, is not there any more"))
}

/// How the images of a run were opened: with its rule, whatever is damaged.
pub fn options_of(data: &DataConfig) -> OpenOptions<'static> {
    OpenOptions { rule: data.rule, strict: Some(false), ..OpenOptions::default() }
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
