//! Reading and finding runs.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::failed;
use crate::lines::jsonl;
use crate::{
    EvaluationLine, EventLine, Lines, MetricLine, ReportLine, RunConfig, RunError, StatsLine, names,
};

/// A run folder to read, also while a program trains in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunDir {
    path: PathBuf,
}

impl RunDir {
    /// The run in the folder at `path`.
    ///
    /// # Errors
    /// If that is no folder, or has no `config.json`.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        match path.join(names::CONFIG).is_file() {
            true => Ok(Self { path: path.to_owned() }),
            false => Err(RunError::NoRun(path.to_owned())),
        }
    }

    /// All runs in `outdir`, by number. Folders without a `config.json` are none.
    ///
    /// # Errors
    /// If `outdir` is there and cannot be read.
    pub fn list(outdir: &Path) -> Result<Vec<Self>, RunError> {
        let folders = if outdir.is_dir() { numbered(outdir)? } else { Vec::new() };
        Ok(folders.into_iter().filter_map(|(_, path)| Self::open(&path).ok()).collect())
    }

    /// The run with the highest number in `outdir`.
    ///
    /// # Errors
    /// If there is none.
    pub fn latest(outdir: &Path) -> Result<Self, RunError> {
        Self::list(outdir)?.pop().ok_or_else(|| RunError::NoRun(outdir.to_owned()))
    }

    /// The run whose folder holds the file at `file`, if one does.
    pub fn holding(file: &Path) -> Option<Self> {
        Self::open(file.parent()?).ok()
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder's name: `00000-tutorial-mnist`.
    pub fn name(&self) -> String {
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    }

    /// Whether a program trains in it at this moment.
    pub fn is_training(&self) -> bool {
        let lock = File::open(self.file(names::LOCK));
        lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// The file called `name` (one of [`names`]) in it, which may not be there.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Everything that decides it.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a possible configuration.
    pub fn config(&self) -> Result<RunConfig, RunError> {
        RunConfig::read(&self.file(names::CONFIG))
    }

    /// The lines of `stats.jsonl` so far.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn stats(&self) -> Result<Lines<StatsLine>, RunError> {
        jsonl::read(&self.file(names::STATS))
    }

    /// The reports among the lines of `stats.jsonl`.
    ///
    /// # Errors
    /// As [`RunDir::stats`].
    pub fn reports(&self) -> Result<Vec<ReportLine>, RunError> {
        let report = |line| match line {
            StatsLine::Report(report) => Some(report),
            StatsLine::Evaluation(_) => None,
        };
        Ok(self.stats()?.values.into_iter().filter_map(report).collect())
    }

    /// The evaluations among the lines of `stats.jsonl`.
    ///
    /// # Errors
    /// As [`RunDir::stats`].
    pub fn evaluations(&self) -> Result<Vec<EvaluationLine>, RunError> {
        let evaluation = |line| match line {
            StatsLine::Evaluation(evaluation) => Some(evaluation),
            StatsLine::Report(_) => None,
        };
        Ok(self.stats()?.values.into_iter().filter_map(evaluation).collect())
    }

    /// What happened, the first first.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn events(&self) -> Result<Lines<EventLine>, RunError> {
        jsonl::read(&self.file(names::EVENTS))
    }

    /// What `gan evaluate` measured of its snapshots, the oldest first.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn metrics(&self) -> Result<Lines<MetricLine>, RunError> {
        jsonl::read(&self.file(names::METRICS))
    }

    /// Keeps measurements of its snapshots. Takes no lock: a run may be measured while it trains.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn append_metrics(&self, lines: &[MetricLine]) -> Result<(), RunError> {
        jsonl::append(&self.file(names::METRICS), lines)
    }

    /// The grids of its fixed latents, by step.
    pub fn fakes(&self) -> Vec<(u64, PathBuf)> {
        names::all_fakes(&self.path)
    }

    /// Its snapshots, by step.
    pub fn snapshots(&self) -> Vec<(u64, PathBuf)> {
        names::all_snapshots(&self.path)
    }

    /// The snapshot of its highest step.
    pub fn newest_snapshot(&self) -> Option<PathBuf> {
        self.snapshots().pop().map(|(_, path)| path)
    }
}

/// The numbered folders in `outdir`, by number.
pub(crate) fn numbered(outdir: &Path) -> Result<Vec<(u32, PathBuf)>, RunError> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(outdir).map_err(failed("cannot be read", outdir))? {
        let path = entry.map_err(failed("cannot be read", outdir))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let number = name.split_once('-').and_then(|(number, _)| number.parse().ok());
        let number = number.filter(|&number: &u32| number < u32::MAX);
        if let (Some(number), true) = (number, path.is_dir()) {
            folders.push((number, path));
        }
    }
    folders.sort();
    Ok(folders)
}
