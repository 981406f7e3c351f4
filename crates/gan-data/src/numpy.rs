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

/// A `.npy` file of f32 values that is written piece by piece.
pub struct NpyWriter<W: Write> {
    writer: npyz::NpyWriter<f32, W>,
}

impl<W: Write> NpyWriter<W> {
    /// Begins an array of sides `shape` in `out`.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn begin(out: W, shape: &[u64]) -> Result<Self, DataError> {
        let options = WriteOptions::new().default_dtype().shape(shape).writer(out);
        Ok(Self { writer: options.begin_nd().map_err(unwritable)? })
    }

    /// The next values, row by row.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn extend(&mut self, values: impl IntoIterator<Item = f32>) -> Result<(), DataError> {
        self.writer.extend(values).map_err(unwritable)
    }

    /// Ends the array.
    ///
    /// # Errors
    /// If there are fewer or more values than its sides hold, or `out` fails.
    pub fn finish(self) -> Result<(), DataError> {
        self.writer.finish().map_err(unwritable)
    }
}

/// Sides and values of the `.npy` file of floats in `bytes`.
///
/// # Errors
/// If that is no whole `.npy` file of 32-bit or 64-bit floats, row by row.
pub fn read_npy(bytes: &[u8]) -> Result<(Vec<u64>, Vec<f32>), DataError> {
    let unreadable = |error: std::io::Error| {
        DataError::Mismatch(format!("no array of floats in NumPy's .npy format: {error}"))
    };
    let file = npyz::NpyFile::new(bytes).map_err(unreadable)?;
    let shape = file.shape().to_vec();
    if file.order() != npyz::Order::C {
        return Err(DataError::Mismatch(
            "its values stand column by column: save numpy.ascontiguousarray of it".into(),
        ));
    }
    let is_double = matches!(file.dtype(), npyz::DType::Plain(ty) if ty.size_field() == 8);
    let values = match is_double {
        true => {
            let values = file.into_vec::<f64>().map_err(unreadable)?;
            values.into_iter().map(|value| value as f32).collect()
        }
        false => file.into_vec::<f32>().map_err(unreadable)?,
    };
    Ok((shape, values))
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
