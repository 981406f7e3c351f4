//! The names of the files of a run folder.

use std::path::{Path, PathBuf};

/// Everything that decides the run: [`RunConfig`](crate::RunConfig).
pub const CONFIG: &str = "config.json";
/// What was read, converted and skipped of the data: [`gan_data::Report`].
pub const DATA: &str = "data.json";
/// Locked for as long as a program trains in the folder; empty.
pub const LOCK: &str = "run.lock";
/// What the person was told.
pub const LOG: &str = "log.txt";
/// Losses and evaluations over the steps: [`StatsLine`](crate::StatsLine).
pub const STATS: &str = "stats.jsonl";
/// What happened: begun, evaluated, alarms, ended.
pub const EVENTS: &str = "events.jsonl";
/// What `gan evaluate` measured: [`MetricLine`](crate::MetricLine).
pub const METRICS: &str = "metrics.jsonl";
/// To resume from.
pub const CHECKPOINT: &str = "checkpoint.safetensors";
/// The best snapshot so far, by the metric that is evaluated during training.
pub const BEST: &str = "best.safetensors";
/// Real images to look at beside the samples.
pub const REALS: &str = "reals.png";
/// Samples, each beside the training image nearest to it.
pub const NEAREST: &str = "nearest.png";
/// All grids of the fixed latents, one after the other.
pub const SAMPLES: &str = "samples.gif";
/// The run as one page.
pub const REPORT: &str = "report.html";

const FAKES: (&str, &str) = ("fakes-", ".png");
const SNAPSHOT: (&str, &str) = ("snapshot-", ".safetensors");

/// The grid of the fixed latents after `step` steps: `fakes-001000.png`.
pub fn fakes(step: u64) -> String {
    numbered(FAKES, step)
}

/// The generator after `step` steps: `snapshot-001000.safetensors`.
pub fn snapshot(step: u64) -> String {
    numbered(SNAPSHOT, step)
}

/// Whether `name` is that of a picture of a run: what a page may show.
pub fn is_picture(name: &str) -> bool {
    [REALS, NEAREST, SAMPLES].contains(&name) || step_of(name, FAKES).is_some()
}

pub(crate) fn all_fakes(folder: &Path) -> Vec<(u64, PathBuf)> {
    all(folder, FAKES)
}

pub(crate) fn all_snapshots(folder: &Path) -> Vec<(u64, PathBuf)> {
    all(folder, SNAPSHOT)
}

fn numbered((prefix, suffix): (&str, &str), step: u64) -> String {
    format!("{prefix}{step:06}{suffix}")
}

/// The files of that name in `folder`, by step.
fn all(folder: &Path, affixes: (&str, &str)) -> Vec<(u64, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(u64, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            Some((step_of(name.to_str()?, affixes)?, entry.path()))
        })
        .collect();
    files.sort();
    files
}

fn step_of(name: &str, (prefix, suffix): (&str, &str)) -> Option<u64> {
    let step = name.strip_prefix(prefix)?.strip_suffix(suffix)?;
    step.bytes().all(|byte| byte.is_ascii_digit()).then(|| step.parse().ok())?
}
