//! Images in a file, read one by one.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::DataError;

/// The images of a packed set, which stay in their file.
#[derive(Debug)]
pub(crate) struct Packed {
    path: PathBuf,
    file: File,
    /// Where in the file the first image begins.
    begin: u64,
    count: usize,
    image_size: usize,
    checksum: u32,
}

impl Packed {
    pub(crate) fn new(
        path: &Path,
        file: File,
        begin: u64,
        count: usize,
        shape: [usize; 3],
        checksum: u32,
    ) -> Result<Self, DataError> {
        let image_size = shape.iter().product();
        if count == 0 || image_size == 0 {
            return Err(DataError::invalid(path, "a packed set without images"));
        }
        Ok(Self { path: path.to_owned(), file, begin, count, image_size, checksum })
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The checksum that was taken when the set was packed.
    pub(crate) fn checksum(&self) -> u32 {
        self.checksum
    }

    /// Fills `image` with the bytes of image `index`.
    ///
    /// # Panics
    /// If `index` is past the end.
    pub(crate) fn read(&self, index: usize, image: &mut [u8]) -> Result<(), DataError> {
        assert!(index < self.count, "image {index} of {}", self.count);
        let place = self.begin + (index * self.image_size) as u64;
        read_at(&self.file, image, place).map_err(|error| DataError::read(&self.path, error))
    }
}

/// Two are one if their files are.
impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, self.checksum, self.count) == (&other.path, other.checksum, other.count)
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], place: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut place: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, place)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                place += read as u64;
            }
        }
    }
    Ok(())
}

/// Elsewhere, as in a browser, there are no files.
#[cfg(not(any(unix, windows)))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
