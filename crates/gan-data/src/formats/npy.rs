//! NumPy arrays: their header, checked, and their elements as images, points or labels.

use std::io::Read;
use std::path::Path;

use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};

use super::layout::{Layout, layout};
use super::{Arrays, Images, read_promised};
use crate::labels::Label;
use crate::{DataError, pixels};

/// Longer headers are refused: those of plain arrays have about 100 bytes.
const MAX_HEADER_BYTES: usize = 4096;
/// Floats so far outside a range are rounding errors.
const ROUNDING: f64 = 1e-3;

/// Images, or points where it is `[count, 2]` of floats.
pub(super) fn read_array(path: &Path, reader: &mut dyn Read) -> Result<Arrays, DataError> {
    let array = Array::read(path, reader)?;
    if let [_, 2] = *array.dims.as_slice() {
        return Ok(Arrays::Points { points: array.into_points(path)?, modes: None });
    }
    let mut images = Images::default();
    array.into_images(path, &mut images)?;
    Ok(Arrays::Images(images))
}

/// An array, row-major, little-endian.
pub(super) struct Array {
    /// Sides, the slowest first.
    pub(super) dims: Vec<usize>,
    kind: TypeChar,
    /// Bytes of an element.
    width: usize,
    bytes: Vec<u8>,
}

/// What elements of a kind that is not read are, and the expression of NumPy that can be read.
fn in_words(kind: TypeChar) -> (&'static str, &'static str) {
    match kind {
        TypeChar::Float => ("floats of another size than 32 or 64 bits", "x.astype('float32')"),
        TypeChar::Complex => ("complex numbers", "numpy.abs(x).astype('float32')"),
        TypeChar::Object => ("Python objects", "numpy.stack(list(x)), if each of them is an image"),
        TypeChar::UnicodeStr | TypeChar::ByteStr => {
            ("texts", "the images, not their names or labels")
        }
        TypeChar::DateTime | TypeChar::TimeDelta => {
            ("times", "x.astype('int64').astype('float32')")
        }
        _ => ("no numbers", "x.astype('uint8') or x.astype('float32')"),
    }
}

impl Array {
    /// Reads an array; memory grows with what is there, not with what its header promises.
    pub(super) fn read(path: &Path, mut reader: &mut dyn Read) -> Result<Self, DataError> {
        let invalid = |problem: String| DataError::invalid(path, problem);
        let header = read_header(path, &mut reader)?;
        let DType::Plain(element) = header.dtype() else {
            return Err(invalid(
                "an array of records; images are plain numbers: save the field that has them, x['name']"
                    .into(),
            ));
        };
        let (kind, width) = (element.type_char(), element.size_field());
        let is_number = matches!(
            (kind, width),
            (TypeChar::Uint | TypeChar::Int, 1 | 2 | 4 | 8)
                | (TypeChar::Float, 4 | 8)
                | (TypeChar::Bool, 1)
        );
        if !is_number {
            let (what, mend) = in_words(kind);
            return Err(invalid(format!("its elements are {what} ({element}); save {mend}")));
        }
        let dims: Vec<usize> = header.shape().iter().map(|&side| side as usize).collect();
        let promised = header
            .shape()
            .iter()
            .try_fold(width, |product, &side| product.checked_mul(side))
            .ok_or_else(|| invalid(format!("its header promises {dims:?} elements")))?;
        let mut bytes = read_promised(reader, promised)
            .map_err(|problem| invalid(format!("{dims:?}: {problem}")))?;
        let width = width as usize;
        if element.endianness() == Endianness::Big {
            bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        if header.order() == Order::Fortran {
            bytes = row_major(&dims, width, &bytes);
        }
        Ok(Self { dims, kind, width, bytes })
    }

    /// Appends all images to `images`, which are of the same shape or none yet.
    pub(super) fn into_images(self, path: &Path, images: &mut Images) -> Result<(), DataError> {
        let invalid = |problem: String| DataError::invalid(path, problem);
        let layout = layout(&self.dims).map_err(invalid)?;
        let Layout { shape, .. } = layout;
        if self.bytes.is_empty() {
            return Err(invalid(format!("{:?} holds no images", self.dims)));
        }
        if images.len() > 0 && images.shape != shape {
            return Err(invalid(format!(
                "images of {shape:?}, but those before them are {:?}",
                images.shape
            )));
        }
        let planes = layout.into_planes(self.into_bytes(path, &mut images.notes)?);
        images.shape = shape;
        match images.bytes.is_empty() {
            true => images.bytes = planes,
            false => images.bytes.extend(planes),
        }
        Ok(())
    }

    /// The elements, bytes, as text.
    pub(super) fn into_text(self, path: &Path) -> Result<String, DataError> {
        let is_bytes = matches!((self.kind, self.width), (TypeChar::Uint, 1));
        let text = is_bytes.then(|| String::from_utf8(self.bytes).ok()).flatten();
        text.ok_or_else(|| DataError::invalid(path, "expected text as bytes of UTF-8"))
    }

    /// The elements as bytes: whole numbers as they are, truth values as 0 and 255, floats scaled
    /// from the one of three ranges that they lie in.
    fn into_bytes(self, path: &Path, notes: &mut Vec<String>) -> Result<Vec<u8>, DataError> {
        match self.kind {
            TypeChar::Uint if self.width == 1 => Ok(self.bytes),
            TypeChar::Bool => {
                Ok(self.bytes.iter().map(|&x| if x == 0 { 0 } else { 255 }).collect())
            }
            TypeChar::Float => self.scaled_floats(path, notes),
            _ => {
                let byte = |(at, value): (usize, i64)| {
                    u8::try_from(value).map_err(|_| {
                        let problem = format!(
                            "image {} holds {value}; save (x / x.max() * 255).astype('uint8'), or \
                             scale it to 0 to 255 otherwise",
                            at / self.image_size()
                        );
                        DataError::invalid(path, problem)
                    })
                };
                self.integers().enumerate().map(byte).collect()
            }
        }
    }

    fn scaled_floats(&self, path: &Path, notes: &mut Vec<String>) -> Result<Vec<u8>, DataError> {
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        for (at, value) in self.floats().enumerate() {
            if !value.is_finite() {
                let image = at / self.image_size();
                let problem = format!("image {image} holds {value}; save numpy.nan_to_num(x)");
                return Err(DataError::invalid(path, problem));
            }
            range = (range.0.min(value), range.1.max(value));
        }
        let (low, high) = range;
        let (from, to) = match () {
            () if low >= -ROUNDING && high <= 1.0 + ROUNDING => (0.0, 1.0),
            () if low >= -1.0 - ROUNDING && high <= 1.0 + ROUNDING => (-1.0, 1.0),
            () if low >= -0.5 && high <= 255.5 => (0.0, 255.0),
            () => {
                return Err(DataError::invalid(
                    path,
                    format!(
                        "floats from {low} to {high}; they must lie in [0, 1], [-1, 1] or [0, 255]: \
                         save (x - x.min()) / (x.max() - x.min())"
                    ),
                ));
            }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        notes.push(format!("{name}: floats from {low} to {high}, read as [{from}, {to}]"));
        let byte = |value: f64| pixels::to_byte(((value - from) / (to - from)) as f32);
        Ok(self.floats().map(byte).collect())
    }

    /// The rows of an array `[count, 2]` of floats, all finite.
    pub(super) fn into_points(self, path: &Path) -> Result<Vec<[f32; 2]>, DataError> {
        let invalid = |problem: String| DataError::invalid(path, problem);
        let (&[count, 2], TypeChar::Float) = (self.dims.as_slice(), self.kind) else {
            return Err(invalid(format!(
                "{:?} of {:?}; points are (count, 2) floats, images have three sides or more",
                self.dims, self.kind
            )));
        };
        if count == 0 {
            return Err(invalid(format!("{:?} holds no points", self.dims)));
        }
        let floats: Vec<f32> = self.floats().map(|value| value as f32).collect();
        let points = floats.as_chunks().0.to_vec();
        match points.iter().position(|point: &[f32; 2]| !point.iter().all(|x| x.is_finite())) {
            None => Ok(points),
            Some(row) => Err(invalid(format!(
                "point {row} is ({}, {}); coordinates must be finite, also as 4-byte floats",
                points[row][0], points[row][1]
            ))),
        }
    }

    /// The only element of an array of floats.
    pub(super) fn into_number(self, path: &Path) -> Result<f64, DataError> {
        let (mut floats, is_float) = (self.floats(), self.kind == TypeChar::Float);
        match (is_float, floats.next(), floats.next()) {
            (true, Some(number), None) => Ok(number),
            _ => Err(DataError::invalid(path, format!("{:?}; it must be one float", self.dims))),
        }
    }

    /// One class for each of `count` images: `[count]` or `[count, 1]` whole numbers.
    pub(super) fn into_labels(self, path: &Path, count: usize) -> Result<Vec<Label>, DataError> {
        let is_whole = matches!(self.kind, TypeChar::Uint | TypeChar::Int | TypeChar::Bool);
        match *self.dims.as_slice() {
            [labels] | [labels, 1] if is_whole && labels == count => {
                Ok(self.integers().map(Label::Number).collect())
            }
            [_, classes] if classes > 1 => Err(DataError::invalid(
                path,
                format!(
                    "{:?}: {classes} numbers for each image; save y.argmax(1) where one of them is 1",
                    self.dims
                ),
            )),
            _ => Err(DataError::invalid(
                path,
                format!(
                    "{:?} elements of type {:?}; labels of {count} images are as many whole numbers: \
                     save y.astype('int64')",
                    self.dims, self.kind
                ),
            )),
        }
    }

    fn image_size(&self) -> usize {
        self.dims.get(1..).unwrap_or_default().iter().product::<usize>().max(1)
    }

    fn floats(&self) -> impl Iterator<Item = f64> {
        let float: fn(&[u8]) -> f64 = match self.width {
            8 => |word| f64::from_le_bytes(word.try_into().expect("8 bytes")),
            _ => |word| f32::from_le_bytes(word[..4].try_into().expect("4 bytes")).into(),
        };
        let width = if self.kind == TypeChar::Float { self.width } else { usize::MAX };
        self.bytes.chunks_exact(width).map(float)
    }

    /// The elements of an array of whole numbers; unsigned ones beyond `i64` are its greatest.
    fn integers(&self) -> impl Iterator<Item = i64> {
        let (width, is_signed) = (self.width, self.kind == TypeChar::Int);
        self.bytes.chunks_exact(width).map(move |word| {
            let mut wide = [0; 8];
            if is_signed && word[width - 1] >= 0x80 {
                wide = [0xff; 8];
            }
            wide[..width].copy_from_slice(word);
            match is_signed {
                true => i64::from_le_bytes(wide),
                false => u64::from_le_bytes(wide).try_into().unwrap_or(i64::MAX),
            }
        })
    }
}

/// The elements of a column-major array, row by row.
fn row_major(dims: &[usize], width: usize, bytes: &[u8]) -> Vec<u8> {
    let mut sorted = Vec::with_capacity(bytes.len());
    let mut index = vec![0; dims.len()];
    while sorted.len() < bytes.len() {
        let place = dims.iter().zip(&index).rev().fold(0, |place, (side, at)| place * side + at);
        sorted.extend_from_slice(&bytes[place * width..][..width]);
        for (at, &side) in index.iter_mut().zip(dims).rev() {
            *at += 1;
            if *at < side {
                break;
            }
            *at = 0;
        }
    }
    sorted
}

/// Reads a header whose length and depth are checked before it is parsed.
fn read_header(path: &Path, reader: &mut dyn Read) -> Result<NpyHeader, DataError> {
    let invalid = |problem: String| DataError::invalid(path, problem);
    let mut fill = |length: usize| -> Result<Vec<u8>, DataError> {
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).map_err(|error| invalid(format!("its header: {error}")))?;
        Ok(bytes)
    };
    let mut header = fill(8)?;
    // The length has two bytes in version 1 of the format and four in later ones.
    let length = fill(if header[6] == 1 { 2 } else { 4 })?;
    header.extend(&length);
    let text = length.iter().rev().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte));
    if text > MAX_HEADER_BYTES {
        return Err(invalid(format!("a header of {text} bytes; those of images are short")));
    }
    let text = fill(text)?;
    if text.iter().filter(|byte| b"([{".contains(byte)).count() > 8 {
        return Err(invalid("a header of too many brackets; those of images have two".into()));
    }
    header.extend(text);
    NpyHeader::from_reader(header.as_slice())
        .map_err(|error| invalid(format!("not a NumPy array: {error}")))
}
