//! Many files in one place: a folder, a ZIP or a TAR. Nothing is unpacked to where people keep theirs.

mod folder;
mod tar;
mod zip;

use std::io::Read;
use std::path::{Path, PathBuf};

pub(crate) use folder::Folder;
pub(crate) use tar::Tar;
pub(crate) use zip::Zip;

use crate::DataError;
use crate::labels::natural_order;

/// Larger files in a place are not read: no small picture or description is larger.
pub(crate) const MAX_FILE_BYTES: u64 = 1 << 28;
/// More files are refused.
pub(crate) const MAX_FILES: usize = 5_000_000;

/// A place that holds files, in natural order of their paths.
pub(crate) trait Files: Sync {
    /// The folder or archive.
    fn place(&self) -> &Path;

    /// Paths below the place, with `/`; those that are not UTF-8 with replaced characters.
    fn names(&self) -> &[String];

    /// The beginning of a file, at most `most` bytes.
    fn head(&self, index: usize, most: u64) -> Result<Vec<u8>, String>;

    /// Where the file lies on disk, if it does.
    fn path(&self, index: usize) -> Option<PathBuf>;

    /// The whole of a file.
    ///
    /// # Errors
    /// Also if it is longer than [`MAX_FILE_BYTES`].
    fn read(&self, index: usize) -> Result<Vec<u8>, String> {
        let bytes = self.head(index, MAX_FILE_BYTES + 1)?;
        match bytes.len() as u64 > MAX_FILE_BYTES {
            true => Err(format!("more than {MAX_FILE_BYTES} bytes; larger files are not read")),
            false => Ok(bytes),
        }
    }
}

/// All of `reader`, at most `most` bytes.
fn read_head(reader: impl Read, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = reader.take(most).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot be read: {error}"))?;
    Ok(bytes)
}

/// What systems leave behind beside people's files: hidden files and folders, and previews.
pub(crate) fn is_litter(name: &str) -> bool {
    name.split('/').any(|part| {
        (part.starts_with('.') && part != "..")
            || ["__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir"].contains(&part)
    })
}

/// Sorts files by name in natural order, and refuses too many of them.
fn sorted<T>(
    place: &Path,
    mut files: Vec<(String, T)>,
) -> Result<(Vec<String>, Vec<T>), DataError> {
    if files.len() > MAX_FILES {
        let problem = format!("more than {MAX_FILES} files; take a part of them");
        return Err(DataError::invalid(place, problem));
    }
    files.sort_by(|(a, _), (b, _)| natural_order(a, b));
    Ok(files.into_iter().unzip())
}
