//! Files that are there whole or not at all.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::RunError;
use crate::error::failed;

/// Writes `bytes` as the file at `path`, whole or not at all: aside first, then renamed.
///
/// # Errors
/// If the file system refuses; what was there before is still there then.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
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
