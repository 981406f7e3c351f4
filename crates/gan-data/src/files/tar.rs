//! TAR archives, gzipped or not.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use flate2::read::MultiGzDecoder;

use super::{Files, MAX_FILES, read_head, sorted};
use crate::DataError;

/// A gzipped archive that unpacks to more is refused.
const MAX_UNPACKED_BYTES: u64 = 1 << 36;

/// All files in a TAR archive.
pub(crate) struct Tar {
    place: PathBuf,
    names: Vec<String>,
    /// Where in the file each one begins, and how long it is.
    extents: Vec<(u64, u64)>,
    file: Mutex<File>,
}

impl Tar {
    /// Opens an archive; a gzipped one is unpacked to a temporary file without a name, so that its
    /// files can be read in any order.
    pub(crate) fn open(place: &Path, gzipped: bool) -> Result<Self, DataError> {
        let mut file = File::open(place).map_err(|error| DataError::read(place, error))?;
        let invalid = |problem: String| DataError::invalid(place, problem);
        if gzipped {
            let mut unpacked =
                tempfile::tempfile().map_err(|error| DataError::read(place, error))?;
            let mut reader = MultiGzDecoder::new(BufReader::new(file)).take(MAX_UNPACKED_BYTES);
            let length = std::io::copy(&mut reader, &mut unpacked)
                .map_err(|error| invalid(format!("cannot be unpacked: {error}")))?;
            if length == MAX_UNPACKED_BYTES {
                return Err(invalid(format!("unpacks to more than {MAX_UNPACKED_BYTES} bytes")));
            }
            unpacked.rewind().map_err(|error| DataError::read(place, error))?;
            file = unpacked;
        }
        let mut archive = tar::Archive::new(BufReader::new(&file));
        let not_whole = |error: std::io::Error| invalid(format!("not a whole TAR file: {error}"));
        let mut files = Vec::new();
        for entry in archive.entries().map_err(not_whole)? {
            let entry = entry.map_err(not_whole)?;
            if !entry.header().entry_type().is_file() || files.len() > MAX_FILES {
                continue;
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
            files.push((name, (entry.raw_file_position(), entry.size())));
        }
        let (names, extents) = sorted(place, files)?;
        Ok(Self { place: place.to_owned(), names, extents, file: Mutex::new(file) })
    }
}

impl Files for Tar {
    fn place(&self) -> &Path {
        &self.place
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn head(&self, index: usize, most: u64) -> Result<Vec<u8>, String> {
        let (start, length) = self.extents[index];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start)).map_err(|error| format!("cannot be read: {error}"))?;
        let bytes = read_head((&*file).take(length), most)?;
        match bytes.len() as u64 == length.min(most) {
            true => Ok(bytes),
            false => Err("cut short".into()),
        }
    }

    fn path(&self, _: usize) -> Option<PathBuf> {
        None
    }
}
