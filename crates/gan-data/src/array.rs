//! One NumPy array: its header, checked, and its elements as images, points or labels.

use std::io::Read;
use std::path::Path;

use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};

use crate::{DataError, pixels};

/// Longer headers are refused: those of plain arrays have about 100 bytes.
const LONGEST_HEADER: usize = 4096;
/// Larger arrays are refused, whatever promises them.
const MOST_BYTES: u64 = 1 << 33;

/// An array as it lies in its file.
pub(crate) struct Array {
    /// Sides, the slowest first.
    pub(crate) dims: Vec<usize>,
    kind: TypeChar,
    /// Bytes of an element.
    width: usize,
    /// The elements, row-major, least significant byte first.
    bytes: Vec<u8>,
}

impl Array {
    /// Reads an array; memory grows with what is there, not with what its header promises.
    pub(crate) fn read(path: &Path, mut reader: impl Read) -> Result<Self, DataError> {
        let invalid = |problem: String| DataError::invalid(path, problem);
        let header = read_header(path, &mut reader)?;
        let DType::Plain(element) = header.dtype() else {
            return Err(invalid("an array of records; images are plain numbers".into()));
        };
        if header.order() == Order::Fortran && header.shape().len() > 1 {
            return Err(invalid(
                "stored in Fortran's order; save numpy.ascontiguousarray of it".into(),
            ));
        }
        let (kind, width) = (element.type_char(), element.size_field());
        if !matches!(kind, TypeChar::Uint | TypeChar::Int | TypeChar::Float)
            || !matches!(width, 1 | 2 | 4 | 8)
        {
            return Err(invalid(format!("elements of type {element}; images are bytes or floats")));
        }
        let promised = header
            .shape()
            .iter()
            .try_fold(width, |product, &side| product.checked_mul(side))
            .filter(|&bytes| bytes <= MOST_BYTES)
            .ok_or_else(|| {
                let shape = header.shape();
                invalid(format!("its header promises {shape:?} elements, more than are held"))
            })?;
        let mut bytes = Vec::new();
        // One byte more than promised, to notice a longer file without reading all of it.
        reader
            .take(promised + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| invalid(format!("cannot be read to its end: {error}")))?;
        if bytes.len() as u64 != promised {
            return Err(invalid(format!(
                "its header {:?} promises {promised} bytes, {} are there",
                header.shape(),
                if bytes.len() as u64 > promised { "more" } else { "fewer" }
            )));
        }
        if element.endianness() == Endianness::Big {
            bytes.chunks_exact_mut(width as usize).for_each(<[u8]>::reverse);
        }
        let dims = header.shape().iter().map(|&side| side as usize).collect();
        Ok(Self { dims, kind, width: width as usize, bytes })
    }

    /// Shape of an image, `[channels, height, width]`, and all images as bytes, channel by channel.
    pub(crate) fn into_images(self, path: &Path) -> Result<([usize; 3], Vec<u8>), DataError> {
        let invalid = |problem: String| DataError::invalid(path, problem);
        let is_colour = |channels: usize| matches!(channels, 1 | 3);
        let (shape, channels_last) = match *self.dims.as_slice() {
            [_, height, width] => ([1, height, width], false),
            [_, a, b, c] => match (is_colour(a), is_colour(c)) {
                (true, false) => ([a, b, c], false),
                (false, true) => ([c, a, b], true),
                (true, true) => {
                    return Err(invalid(format!(
                        "{:?} can be read with its channels first or last; save images of other \
                         sides, or leave out the channel of grey ones",
                        self.dims
                    )));
                }
                (false, false) => {
                    return Err(invalid(format!(
                        "{:?} has 1 or 3 channels neither at its second nor at its last place",
                        self.dims
                    )));
                }
            },
            _ => {
                return Err(invalid(format!(
                    "{:?}; images are (count, height, width), (count, height, width, channels) or \
                     (count, channels, height, width)",
                    self.dims
                )));
            }
        };
        if self.bytes.is_empty() {
            return Err(invalid(format!("{:?} holds no images", self.dims)));
        }
        let bytes = self.into_bytes(path)?;
        let [channels, height, width] = shape;
        if !channels_last || channels == 1 {
            return Ok((shape, bytes));
        }
        let mut planes = Vec::with_capacity(bytes.len());
        for image in bytes.chunks_exact(channels * height * width) {
            for channel in 0..channels {
                planes.extend(image.iter().skip(channel).step_by(channels));
            }
        }
        Ok((shape, planes))
    }

    /// The elements as bytes: as they are, or floats in `[0, 1]` rounded to them.
    fn into_bytes(self, path: &Path) -> Result<Vec<u8>, DataError> {
        if (self.kind, self.width) == (TypeChar::Uint, 1) {
            return Ok(self.bytes);
        }
        let image_size = self.dims[1..].iter().product::<usize>();
        let byte = |(place, value): (usize, f64)| match (0.0..=1.0).contains(&value) {
            true => Ok(pixels::to_byte(value as f32)),
            false => Err(DataError::invalid(
                path,
                format!(
                    "image {} holds {value}; floats must lie in [0, 1], whole numbers \
                     must be stored as unsigned bytes",
                    place / image_size
                ),
            )),
        };
        let values = self.floats().ok_or_else(|| {
            DataError::invalid(
                path,
                format!(
                    "elements of type {:?} with {} bytes; images are unsigned bytes, or floats of \
                     4 or 8 bytes in [0, 1]",
                    self.kind, self.width
                ),
            )
        })?;
        values.enumerate().map(byte).collect()
    }

    /// The rows of an array `[count, 2]` of floats, all finite.
    pub(crate) fn into_points(self, path: &Path) -> Result<Vec<[f32; 2]>, DataError> {
        let [_, 2] = *self.dims.as_slice() else {
            return Err(DataError::invalid(
                path,
                format!("{:?}; points are (count, 2), images have three sides or more", self.dims),
            ));
        };
        if self.dims[0] == 0 {
            return Err(DataError::invalid(path, format!("{:?} holds no points", self.dims)));
        }
        let floats: Vec<f32> =
            self.into_floats(path)?.into_iter().map(|value| value as f32).collect();
        let points = floats.as_chunks().0.to_vec();
        match points.iter().position(|point: &[f32; 2]| !point.iter().all(|x| x.is_finite())) {
            None => Ok(points),
            Some(row) => Err(DataError::invalid(
                path,
                format!(
                    "point {row} is ({}, {}); coordinates must be finite, also as 4-byte floats",
                    points[row][0], points[row][1]
                ),
            )),
        }
    }

    /// The elements of an array of floats.
    pub(crate) fn into_floats(self, path: &Path) -> Result<Vec<f64>, DataError> {
        let floats = self.floats().ok_or_else(|| {
            let (kind, width) = (self.kind, self.width);
            let problem = format!("elements of type {kind:?} with {width} bytes");
            DataError::invalid(path, format!("{problem}; points are floats of 4 or 8 bytes"))
        })?;
        Ok(floats.collect())
    }

    fn floats(&self) -> Option<impl Iterator<Item = f64>> {
        let float: fn(&[u8]) -> f64 = match (self.kind, self.width) {
            (TypeChar::Float, 4) => |word| f32::from_le_bytes(word.try_into().expect("4")).into(),
            (TypeChar::Float, 8) => |word| f64::from_le_bytes(word.try_into().expect("8")),
            _ => return None,
        };
        Some(self.bytes.chunks_exact(self.width).map(float))
    }

    /// One class for each of `count` images.
    pub(crate) fn into_labels(self, path: &Path, count: usize) -> Result<Vec<u8>, DataError> {
        let is_whole = matches!(self.kind, TypeChar::Uint | TypeChar::Int);
        if !is_whole || self.dims != [count] {
            return Err(DataError::invalid(
                path,
                format!(
                    "{:?} elements of type {:?}; labels of {count} images are as many whole numbers",
                    self.dims, self.kind
                ),
            ));
        }
        // Little-endian: a number below 256 is its first byte, and the others are 0.
        let class = |number: &[u8]| number[1..].iter().all(|&byte| byte == 0).then_some(number[0]);
        let signed_byte = self.kind == TypeChar::Int && self.width == 1;
        let classes = self.bytes.chunks_exact(self.width).map(class).collect::<Option<Vec<u8>>>();
        classes
            .filter(|classes| !signed_byte || classes.iter().all(|&c| c < 128))
            .ok_or_else(|| DataError::invalid(path, "a label is not between 0 and 255"))
    }
}

/// Reads a header whose length and depth are checked before it is parsed.
fn read_header(path: &Path, reader: &mut impl Read) -> Result<NpyHeader, DataError> {
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
    if text > LONGEST_HEADER {
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
