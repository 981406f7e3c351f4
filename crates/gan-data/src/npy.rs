//! NumPy arrays of images: `.npy` files, and `.npz` archives of them.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};

use crate::archive::Archive;
use crate::open::set_name;
use crate::{DataError, ImageSet, pixels};

/// Longer headers are refused: those of plain arrays have about 100 bytes.
const LONGEST_HEADER: usize = 4096;
/// Larger arrays are refused, whatever promises them.
const MOST_BYTES: u64 = 1 << 33;

/// Where images and their labels may lie in an archive of several arrays.
const NAMES: [(&str, &str); 3] = [("images", "labels"), ("x", "y"), ("arr_0", "arr_1")];

/// Opens a `.npy` file of images.
pub(crate) fn open(path: &Path) -> Result<ImageSet, DataError> {
    let file = File::open(path).map_err(|error| DataError::read(path, error))?;
    let (shape, bytes) = Array::read(path, BufReader::new(file))?.into_images(path)?;
    ImageSet::new(set_name(path), shape, bytes, None)
}

/// Opens a `.npz` archive whose entries are `names`.
pub(crate) fn open_archive(
    path: &Path,
    mut archive: Archive,
    names: &[String],
) -> Result<ImageSet, DataError> {
    let arrays: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".npy")).collect();
    let known = NAMES.into_iter().find(|(images, _)| arrays.contains(images));
    let (images, labels) = match (known, arrays.as_slice()) {
        (Some(names), _) => names,
        (None, [only]) => (*only, ""),
        (None, _) => {
            return Err(DataError::invalid(
                path,
                format!(
                    "holds the arrays {arrays:?}; those of images are called images, x or arr_0"
                ),
            ));
        }
    };
    let mut read = |name: &str| -> Result<(std::path::PathBuf, Array), DataError> {
        let name = format!("{name}.npy");
        let place = path.join(&name);
        let entry = archive
            .by_name(&name)
            .map_err(|error| DataError::invalid(&place, format!("cannot be unpacked: {error}")))?;
        let array = Array::read(&place, entry)?;
        Ok((place, array))
    };
    let (place, array) = read(images)?;
    let count = array.dims.first().copied();
    let (shape, bytes) = array.into_images(&place)?;
    let labels = match arrays.contains(&labels) {
        true => {
            let (place, array) = read(labels)?;
            Some(array.into_labels(&place, count.unwrap_or(0))?)
        }
        false => None,
    };
    ImageSet::new(set_name(path), shape, bytes, labels)
}

/// An array as it lies in its file.
struct Array {
    dims: Vec<usize>,
    kind: TypeChar,
    /// Bytes of an element.
    width: usize,
    /// The elements, row-major, least significant byte first.
    bytes: Vec<u8>,
}

impl Array {
    /// Reads an array; memory grows with what is there, not with what its header promises.
    fn read(path: &Path, mut reader: impl Read) -> Result<Self, DataError> {
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
    fn into_images(self, path: &Path) -> Result<([usize; 3], Vec<u8>), DataError> {
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
        let float: fn(&[u8]) -> f64 = match (self.kind, self.width) {
            (TypeChar::Uint, 1) => return Ok(self.bytes),
            (TypeChar::Float, 4) => |word| f32::from_le_bytes(word.try_into().expect("4")).into(),
            (TypeChar::Float, 8) => |word| f64::from_le_bytes(word.try_into().expect("8")),
            (kind, width) => {
                return Err(DataError::invalid(
                    path,
                    format!(
                        "elements of type {kind:?} with {width} bytes; images are unsigned bytes, \
                         or floats of 4 or 8 bytes in [0, 1]"
                    ),
                ));
            }
        };
        let values = self.bytes.chunks_exact(self.width).map(float);
        let byte = |(place, value): (usize, f64)| match (0.0..=1.0).contains(&value) {
            true => Ok(pixels::to_byte(value as f32)),
            false => {
                let image = place / self.dims[1..].iter().product::<usize>();
                Err(DataError::invalid(
                    path,
                    format!(
                        "image {image} holds {value}; floats must lie in [0, 1], whole numbers \
                         must be stored as unsigned bytes"
                    ),
                ))
            }
        };
        values.enumerate().map(byte).collect()
    }

    /// One class for each of `count` images.
    fn into_labels(self, path: &Path, count: usize) -> Result<Vec<u8>, DataError> {
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
