//! NumPy files of synthetic sets, which [`open()`](crate::open()) and NumPy read.

use std::io::{Cursor, Write};

use npyz::{AutoSerialize, WriteOptions, WriterBuilder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::DataError;

/// The bytes of a `.npy` file: `values`, row by row, of an array of sides `shape`.
///
/// # Errors
/// If `shape` does not hold exactly `values`.
pub fn npy<T: AutoSerialize + Clone>(shape: &[u64], values: &[T]) -> Result<Vec<u8>, DataError> {
    let count = shape.iter().try_fold(1u64, |product, &side| product.checked_mul(side));
    if count != Some(values.len() as u64) {
        let problem = format!("{} values are no array of sides {shape:?}", values.len());
        return Err(DataError::Mismatch(problem));
    }
    let mut bytes = Vec::new();
    let write = |bytes: &mut Vec<u8>| {
        let options = WriteOptions::new().default_dtype().shape(shape).writer(bytes);
        let mut writer = options.begin_nd()?;
        writer.extend(values)?;
        writer.finish()
    };
    write(&mut bytes).map_err(unwritable)?;
    Ok(bytes)
}

/// The bytes of a `.npz` file: arrays by name, each the bytes of a [`npy`] file, deflated. Equal
/// arrays make equal bytes.
///
/// # Errors
/// If a name stands twice.
pub fn npz(arrays: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, DataError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // The default is today where the crate knows the time.
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in arrays {
        archive.start_file(format!("{name}.npy"), options).map_err(unwritable)?;
        archive.write_all(bytes).map_err(unwritable)?;
    }
    Ok(archive.finish().map_err(unwritable)?.into_inner())
}

fn unwritable(error: impl std::fmt::Display) -> DataError {
    DataError::Mismatch(format!("the array cannot be written: {error}"))
}
