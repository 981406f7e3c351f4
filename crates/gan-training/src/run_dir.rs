//! Run folders: `runs/00000-tutorial-mnist/`, one for each run.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A run folder that cannot be made, found or used.
#[derive(Debug, thiserror::Error)]
pub enum RunDirError {
    /// The file system refused.
    #[error("{}: {what}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no run to go on with.
    #[error("{}: no run here; expected a folder such as 00000-tutorial-mnist with a config.json", .0.display())]
    NoRun(PathBuf),
    /// Another program is training in it.
    #[error("{}: in use by another run; wait for it or stop it first", .0.display())]
    InUse(PathBuf),
}

/// A run folder, locked against other programs for as long as this value lives.
#[derive(Debug)]
pub struct RunDir {
    path: PathBuf,
    _lock: File,
}

impl RunDir {
    /// Makes a new run folder inside `outdir`, numbered one above the highest there.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn create(outdir: &Path, description: &str) -> Result<Self, RunDirError> {
        std::fs::create_dir_all(outdir).map_err(failed("cannot be made", outdir))?;
        loop {
            let next = numbered(outdir)?.last().map_or(0, |(number, _)| number + 1);
            let path = outdir.join(format!("{next:05}-{description}"));
            match std::fs::create_dir(&path) {
                Ok(()) => return Self::open(&path),
                // Another run took the number in between.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed("cannot be made", &path)(error)),
            }
        }
    }

    /// Opens and locks the run folder at `path`.
    ///
    /// # Errors
    /// If it is not there or in use.
    pub fn open(path: &Path) -> Result<Self, RunDirError> {
        if !path.is_dir() {
            return Err(RunDirError::NoRun(path.to_owned()));
        }
        let lock_path = path.join("run.lock");
        let lock = File::create(&lock_path).map_err(failed("cannot be locked", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(RunDirError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(failed("cannot be locked", &lock_path)(error)),
        }
    }

    /// The run with the highest number in `outdir`.
    ///
    /// # Errors
    /// If there is none.
    pub fn latest(outdir: &Path) -> Result<PathBuf, RunDirError> {
        let runs = if outdir.is_dir() { numbered(outdir)? } else { Vec::new() };
        let with_config = runs.into_iter().rfind(|(_, path)| path.join("config.json").is_file());
        with_config.map(|(_, path)| path).ok_or_else(|| RunDirError::NoRun(outdir.to_owned()))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `bytes` as the file `name` in the folder, whole or not at all.
    ///
    /// # Errors
    /// If the file system refuses; what was there before is still there then.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunDirError> {
        write_file(&self.path.join(name), bytes)
    }
}

/// Writes `bytes` as the file at `path`, whole or not at all: aside first, then renamed.
///
/// # Errors
/// If the file system refuses; what was there before is still there then.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), RunDirError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let write = || {
        let mut file = File::create(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&aside, path)
    };
    write().map_err(|error| {
        // The half-written file is of no use to anyone; the error to report is the first one.
        let _ = std::fs::remove_file(&aside);
        failed("cannot be written", path)(error)
    })
}

/// The run folders in `outdir` by number.
fn numbered(outdir: &Path) -> Result<Vec<(u32, PathBuf)>, RunDirError> {
    let mut runs = Vec::new();
    for entry in std::fs::read_dir(outdir).map_err(failed("cannot be read", outdir))? {
        let path = entry.map_err(failed("cannot be read", outdir))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let number = name.split_once('-').and_then(|(number, _)| number.parse().ok());
        let number = number.filter(|&number: &u32| number < u32::MAX);
        if let (Some(number), true) = (number, path.is_dir()) {
            runs.push((number, path));
        }
    }
    runs.sort();
    Ok(runs)
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> RunDirError {
    let path = path.to_owned();
    move |source| RunDirError::Io { path, what, source }
}
