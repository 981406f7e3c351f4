//! Files made for the tests.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

/// An IDX file: a header with `kind` and `dims`, and `bytes` after it, fitting or not.
pub fn idx(kind: u8, dims: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, kind, dims.len() as u8];
    for dim in dims {
        file.extend(dim.to_be_bytes());
    }
    file.extend(bytes);
    file
}

/// `count` grey images of 2 × 3, no two alike, the first value of the first one being `first`.
pub fn images(count: u32, first: u8) -> Vec<u8> {
    let bytes: Vec<u8> = (0..count * 6).map(|i| first.wrapping_add(i as u8)).collect();
    idx(8, &[count, 2, 3], &bytes)
}

pub fn labels(classes: &[u8]) -> Vec<u8> {
    idx(8, &[classes.len() as u32], classes)
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A folder with these files.
pub fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        write(folder.path(), name, bytes);
    }
    folder
}

pub fn write(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).unwrap();
}
