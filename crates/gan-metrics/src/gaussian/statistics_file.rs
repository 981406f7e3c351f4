//! Numbers in files as NumPy writes them: features (`.npy`), and means with covariances (`.npz` with
//! `mu` and `sigma`, as pytorch-fid reads and writes them).

use std::io::{Cursor, Read, Write};
use std::path::Path;

use npyz::{DType, NpyFile, NpyHeader, Order, TypeChar, WriterBuilder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::MetricError;
use crate::features::Features;
use crate::gaussian::Statistics;

/// The largest array inside an `.npz`: a covariance of 11,585 dimensions.
const LARGEST_ENTRY: u64 = 1 << 30;

/// Headers as NumPy writes them stay far below this.
const LARGEST_HEADER: usize = 1024;

/// Features from an `.npy` file of float32 or float64 in two dimensions, `[count, dim]`.
///
/// # Errors
/// [`MetricError::Io`], [`MetricError::File`] for anything else, [`MetricError::NotFinite`].
pub fn read_features(path: &Path) -> Result<Features, MetricError> {
    let bytes = std::fs::read(path).map_err(io(path))?;
    let array = Array::parse(&bytes).map_err(file(path))?;
    let &[count, dim] = &array.shape[..] else {
        let problem = format!("shape {:?}, expected [count, dim]", array.shape);
        return Err(MetricError::File { path: path.into(), problem });
    };
    Features::new(count, dim, array.values.into_iter().map(|value| value as f32).collect())
}

/// Mean and covariance from an `.npz` file with `mu` (`[dim]`) and `sigma` (`[dim, dim]`).
///
/// # Errors
/// [`MetricError::Io`], [`MetricError::File`] for anything else, and those of [`Statistics::new`].
pub fn read_statistics(path: &Path) -> Result<Statistics, MetricError> {
    let bytes = std::fs::read(path).map_err(io(path))?;
    let (mean, covariance) = parse_statistics(&bytes).map_err(file(path))?;
    Statistics::new(mean, covariance)
}

/// Writes mean and covariance as an `.npz` file that pytorch-fid reads. It is written aside and
/// renamed.
///
/// # Errors
/// [`MetricError::Io`].
pub fn write_statistics(path: &Path, statistics: &Statistics) -> Result<(), MetricError> {
    let write = || {
        let bytes = archive(statistics)?;
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".part");
        let aside = path.with_file_name(name);
        let mut file = std::fs::File::create(&aside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&aside, path)
    };
    write().map_err(io(path))
}

/// Numbers of an array in C order, with its shape.
struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Array {
    fn parse(bytes: &[u8]) -> Result<Self, String> {
        check_header(bytes)?;
        let mut data = bytes;
        let header = NpyHeader::from_reader(&mut data).map_err(|error| error.to_string())?;
        let size = match header.dtype() {
            DType::Plain(kind) if kind.type_char() == TypeChar::Float => kind.size_field(),
            other => return Err(format!("holds {}, expected float32 or float64", other.descr())),
        };
        let shape = header.shape().to_vec();
        let count = shape.iter().try_fold(1u64, |all, &dim| all.checked_mul(dim));
        let needed = count.and_then(|count| count.checked_mul(size)).unwrap_or(u64::MAX);
        if needed != data.len() as u64 {
            let found = data.len();
            return Err(format!("shape {shape:?} needs {needed} bytes, {found} are there"));
        }
        let order = header.order();
        let array = NpyFile::with_header(header, data);
        let values: Result<Vec<f64>, _> = match size {
            4 => array.into_vec::<f32>().map(|values| values.into_iter().map(f64::from).collect()),
            8 => array.into_vec(),
            other => return Err(format!("holds floats of {other} bytes, expected 4 or 8")),
        };
        let values = values.map_err(|error| error.to_string())?;
        let shape: Vec<usize> = shape.into_iter().map(|dim| dim as usize).collect();
        let values = match (order, &shape[..]) {
            (Order::Fortran, &[rows, columns]) => {
                let at = |index| values[index % columns * rows + index / columns];
                (0..values.len()).map(at).collect()
            }
            _ => values,
        };
        Ok(Self { shape, values })
    }
}

/// Refuses headers that would make a parser allocate, recurse or overflow before it sees that they
/// are no headers.
fn check_header(bytes: &[u8]) -> Result<(), String> {
    let length = match bytes {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, 0, a, b, ..] => u16::from_le_bytes([*a, *b]).into(),
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, 0, a, b, c, d, ..] => {
            u32::from_le_bytes([*a, *b, *c, *d]) as usize
        }
        _ => return Err("is no .npy file, or cut short".into()),
    };
    let text = &bytes[10..];
    if length > LARGEST_HEADER || length > text.len() {
        return Err(format!("its header claims {length} bytes, and is damaged or cut short"));
    }
    let text = &text[..length];
    let count = |of: &dyn Fn(&u8) -> bool| text.iter().filter(|&byte| of(byte)).count();
    if count(&|byte| b"([{".contains(byte)) > 4 || count(&u8::is_ascii_digit) > 18 {
        return Err("its header describes no array of plain numbers".into());
    }
    Ok(())
}

fn parse_statistics(bytes: &[u8]) -> Result<(Vec<f64>, Vec<f64>), String> {
    let problem = |error: zip::result::ZipError| format!("is no .npz file: {error}");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(problem)?;
    let mut array = |name: &str| {
        let entry = archive.by_name(&format!("{name}.npy"));
        let entry = entry.map_err(|error| format!("the array `{name}`: {error}"))?;
        let mut bytes = Vec::new();
        let read = entry.take(LARGEST_ENTRY + 1).read_to_end(&mut bytes);
        read.map_err(|error| format!("the array `{name}`: {error}"))?;
        if bytes.len() as u64 > LARGEST_ENTRY {
            return Err(format!("the array `{name}` is larger than {LARGEST_ENTRY} bytes"));
        }
        Array::parse(&bytes).map_err(|error| format!("the array `{name}` {error}"))
    };
    let (mean, covariance) = (array("mu")?, array("sigma")?);
    let (found, dim) = (&covariance.shape, mean.values.len());
    if mean.shape.len() != 1 || found[..] != [dim, dim] {
        let mean = mean.shape;
        return Err(format!("`mu` {mean:?} and `sigma` {found:?}, expected [dim] and [dim, dim]"));
    }
    Ok((mean.values, covariance.values))
}

fn archive(statistics: &Statistics) -> std::io::Result<Vec<u8>> {
    let dim = statistics.dim() as u64;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file("mu.npy", options)?;
    archive.write_all(&npy(&[dim], statistics.mean())?)?;
    archive.start_file("sigma.npy", options)?;
    archive.write_all(&npy(&[dim, dim], statistics.covariance())?)?;
    Ok(archive.finish()?.into_inner())
}

fn npy(shape: &[u64], values: &[f64]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let options = npyz::WriteOptions::new().default_dtype().shape(shape).writer(&mut bytes);
    let mut writer = options.begin_nd()?;
    writer.extend(values)?;
    writer.finish()?;
    Ok(bytes)
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> MetricError {
    move |source| MetricError::Io { path: path.into(), source }
}

fn file(path: &Path) -> impl Fn(String) -> MetricError {
    move |problem| MetricError::File { path: path.into(), problem }
}
