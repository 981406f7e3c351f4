//! The run folder that a program trains in.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use gan_training::Event;

use crate::dir::numbered;
use crate::error::failed;
use crate::lines::jsonl;
use crate::{EventLine, RunConfig, RunDir, RunError, StatsLine, is_kept, names, write_file};

/// Who asks whether a run is in training holds its lock for a moment.
const TRIES: u32 = 5;

/// A run folder, locked against other programs for as long as this value lives.
#[derive(Debug)]
pub struct RunWriter {
    dir: RunDir,
    _lock: File,
}

impl RunWriter {
    /// Makes a new run folder inside `outdir`, numbered one above the highest there and named after
    /// the run, with its `config.json`.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn create(outdir: &Path, config: &RunConfig) -> Result<Self, RunError> {
        std::fs::create_dir_all(outdir).map_err(failed("cannot be made", outdir))?;
        let name = config.run_name();
        loop {
            let next = numbered(outdir)?.last().map_or(0, |(number, _)| number + 1);
            let path = outdir.join(format!("{next:05}-{name}"));
            match std::fs::create_dir(&path) {
                Ok(()) => {
                    let lock = lock(&path)?;
                    write_file(&path.join(names::CONFIG), config.to_json().as_bytes())?;
                    return Ok(Self { dir: RunDir::open(&path)?, _lock: lock });
                }
                // Another run took the number in between.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed("cannot be made", &path)(error)),
            }
        }
    }

    /// Locks the run in the folder at `path`.
    ///
    /// # Errors
    /// If it is not there or in use; nothing is written then.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let dir = RunDir::open(path)?;
        Ok(Self { _lock: lock(path)?, dir })
    }

    /// The same folder, to read.
    pub fn dir(&self) -> &RunDir {
        &self.dir
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes `bytes` as the file `name` in the folder, whole or not at all.
    ///
    /// # Errors
    /// If the file system refuses; what was there before is still there then.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        write_file(&self.dir.file(name), bytes)
    }

    /// Replaces `config.json`.
    ///
    /// # Errors
    /// As [`RunWriter::write`].
    pub fn write_config(&self, config: &RunConfig) -> Result<(), RunError> {
        self.write(names::CONFIG, config.to_json().as_bytes())
    }

    /// Adds a line to `stats.jsonl`.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn append_stats(&self, line: &StatsLine) -> Result<(), RunError> {
        jsonl::append(&self.dir.file(names::STATS), std::slice::from_ref(line))
    }

    /// Adds `event`, which happens now, to `events.jsonl`, if it [is kept](is_kept) there.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn append_event(&self, event: &Event) -> Result<(), RunError> {
        match is_kept(event) {
            true => jsonl::append(&self.dir.file(names::EVENTS), &[EventLine::now(event.clone())]),
            false => Ok(()),
        }
    }

    /// Removes the lines of `stats.jsonl` that a killed run wrote after the checkpoint of `step`:
    /// they will be made again, the same. What is no whole line goes, too.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn forget_after(&self, step: u64) -> Result<(), RunError> {
        let path = self.dir.file(names::STATS);
        let mut lines = self.dir.stats()?.values;
        lines.retain(|line| line.step() <= step);
        let kept = jsonl::to_bytes(&lines);
        match std::fs::read(&path) {
            Ok(bytes) if bytes != kept => self.write(names::STATS, &kept),
            _ => Ok(()),
        }
    }
}

fn lock(path: &Path) -> Result<File, RunError> {
    let lock_path = path.join(names::LOCK);
    let lock = File::create(&lock_path).map_err(failed("cannot be locked", &lock_path))?;
    for _ in 0..TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            Err(TryLockError::Error(error)) => {
                return Err(failed("cannot be locked", &lock_path)(error));
            }
        }
    }
    Err(RunError::InUse(path.to_owned()))
}
