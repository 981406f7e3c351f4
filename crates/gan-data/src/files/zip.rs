//! ZIP archives.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use zip::ZipArchive;

use super::{Files, read_head, sorted};
use crate::DataError;

/// All files in a ZIP archive.
pub(crate) struct Zip {
    place: PathBuf,
    names: Vec<String>,
    indices: Vec<usize>,
    archive: Mutex<ZipArchive<BufReader<File>>>,
}

impl Zip {
    pub(crate) fn open(place: &Path) -> Result<Self, DataError> {
        let file = File::open(place).map_err(|error| DataError::read(place, error))?;
        let archive = ZipArchive::new(BufReader::new(file))
            .map_err(|error| DataError::invalid(place, format!("not a whole ZIP file: {error}")))?;
        let mut files = Vec::new();
        for (index, name) in archive.file_names().enumerate() {
            let name =
                name.map_err(|error| DataError::invalid(place, format!("a name: {error}")))?;
            if !name.ends_with('/') {
                files.push((name.replace('\\', "/"), index));
            }
        }
        let (names, indices) = sorted(place, files)?;
        Ok(Self { place: place.to_owned(), names, indices, archive: Mutex::new(archive) })
    }

    /// The archive itself.
    pub(crate) fn into_archive(self) -> ZipArchive<BufReader<File>> {
        self.archive.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files for Zip {
    fn place(&self) -> &Path {
        &self.place
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn head(&self, index: usize, most: u64) -> Result<Vec<u8>, String> {
        let mut archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = archive.by_index(self.indices[index]);
        read_head(entry.map_err(|error| format!("cannot be unpacked: {error}"))?, most)
    }

    fn path(&self, _: usize) -> Option<PathBuf> {
        None
    }
}
