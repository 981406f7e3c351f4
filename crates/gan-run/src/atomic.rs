//! Files that are there whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::RunError;
use crate::error::failed;

/// Writes `bytes` as the file at `path`, whole or not at all: aside first, then renamed.
///
/// # Errors
/// If the file system refuses; what was there before is still there then.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let mut file = NewFile::create(path)?;
    file.write_all(bytes).map_err(failed("cannot be written", path))?;
    file.finish()
}

/// A file that is written piece by piece, aside; [`NewFile::finish`] puts it in its place. Dropped
/// before, it leaves what was there.
#[derive(Debug)]
pub struct NewFile {
    file: BufWriter<File>,
    aside: PathBuf,
    path: PathBuf,
    is_finished: bool,
}

impl NewFile {
    /// Begins the file that is to be at `path`.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn create(path: &Path) -> Result<Self, RunError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let aside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let file = File::create(&aside).map_err(failed("cannot be written", path))?;
        Ok(Self { file: BufWriter::new(file), aside, path: path.to_owned(), is_finished: false })
    }

    /// Where the file is until then, for other programs to write it.
    pub fn aside(&self) -> &Path {
        &self.aside
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// If the file system refuses; what was there before is still there then.
    pub fn finish(mut self) -> Result<(), RunError> {
        let put = |file: &mut BufWriter<File>| {
            file.flush()?;
            file.get_ref().sync_all()?;
            std::fs::rename(&self.aside, &self.path)
        };
        put(&mut self.file).map_err(failed("cannot be written", &self.path))?;
        self.is_finished = true;
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Seek for NewFile {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // A half-written file is of no use to anyone; the error to report came before.
            let _ = std::fs::remove_file(&self.aside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_finished_leaves_what_was_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        write_file(&path, b"before").unwrap();
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(std::fs::read(&path).unwrap(), b"before");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
