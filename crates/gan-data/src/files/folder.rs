//! Folders, with the folders below them.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::{Files, MAX_FILES, is_litter, read_head, sorted};
use crate::DataError;

/// Deeper folders are refused.
const MAX_DEPTH: usize = 64;

/// All files in a folder and in the folders below it; links are followed, each folder once.
pub(crate) struct Folder {
    place: PathBuf,
    names: Vec<String>,
    paths: Vec<PathBuf>,
}

impl Folder {
    pub(crate) fn open(place: &Path) -> Result<Self, DataError> {
        let mut files = Vec::new();
        let mut seen = HashSet::new();
        list(place, "", 0, &mut seen, &mut files)?;
        let (names, paths) = sorted(place, files)?;
        Ok(Self { place: place.to_owned(), names, paths })
    }
}

impl Files for Folder {
    fn place(&self) -> &Path {
        &self.place
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn head(&self, index: usize, most: u64) -> Result<Vec<u8>, String> {
        // Opening a pipe waits for whoever writes into it.
        let metadata = std::fs::metadata(&self.paths[index]);
        if metadata.is_ok_and(|it| !it.is_file() && !it.is_dir()) {
            return Err("a pipe or a device, not a file".to_owned());
        }
        let file = File::open(&self.paths[index]);
        read_head(file.map_err(|error| format!("cannot be read: {error}"))?, most)
    }

    fn path(&self, index: usize) -> Option<PathBuf> {
        Some(self.paths[index].clone())
    }
}

fn list(
    folder: &Path,
    prefix: &str,
    depth: usize,
    seen: &mut HashSet<PathBuf>,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), DataError> {
    if depth > MAX_DEPTH {
        return Err(DataError::invalid(folder, format!("more than {MAX_DEPTH} folders deep")));
    }
    // A link may lead back to a folder above.
    let real = folder.canonicalize().map_err(|error| DataError::read(folder, error))?;
    if !seen.insert(real) {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).map_err(|error| DataError::read(folder, error))?;
    for entry in entries {
        let path = entry.map_err(|error| DataError::read(folder, error))?.path();
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{file_name}");
        // What is hidden is counted, and not looked into.
        if path.is_dir() && !is_litter(&file_name) {
            list(&path, &format!("{name}/"), depth + 1, seen, files)?;
        } else if files.len() <= MAX_FILES {
            files.push((name, path));
        }
    }
    Ok(())
}
