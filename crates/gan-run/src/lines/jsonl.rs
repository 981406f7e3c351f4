//! Files of one JSON value a line, which grow while they are read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::RunError;
use crate::error::failed;

/// What a file of one JSON value a line holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines<T> {
    /// The values, in the order of the file.
    pub values: Vec<T>,
    /// Lines that are not such a value.
    pub unreadable: usize,
}

/// Reads the file at `path`; none is an empty one. A last line without its end is not written yet.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Lines<T>, RunError> {
    let mut lines = Lines { values: Vec::new(), unreadable: 0 };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(lines),
        Err(error) => return Err(failed("cannot be read", path)(error)),
    };
    let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    for line in bytes[..whole].split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(value) => lines.values.push(value),
            Err(_) => lines.unreadable += 1,
        }
    }
    Ok(lines)
}

/// Adds `values` to the file at `path`, in one write.
pub(crate) fn append<T: Serialize>(path: &Path, values: &[T]) -> Result<(), RunError> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(&to_bytes(values)))
        .map_err(failed("cannot be written", path))
}

pub(crate) fn to_bytes<T: Serialize>(values: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in values {
        serde_json::to_writer(&mut bytes, value).expect("plain data is always JSON");
        bytes.push(b'\n');
    }
    bytes
}
