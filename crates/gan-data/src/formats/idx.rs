//! IDX files, the format of MNIST and of its relatives Fashion-MNIST, KMNIST and EMNIST.
//!
//! A header of big-endian numbers: two zero bytes, the type of the elements (8 = unsigned byte),
//! the number of dimensions, then each dimension in 32 bits; then the elements, row-major.

use std::io::Read;
use std::path::Path;

use super::layout::layout;
use super::{Arrays, Images, read_promised};
use crate::DataError;
use crate::labels::Label;

const UNSIGNED_BYTE: u8 = 0x08;
const SIGNED_BYTE: u8 = 0x09;
const SHORT: u8 = 0x0b;
const INT: u8 = 0x0c;

/// Whether a file that begins so is IDX of whole numbers.
pub(super) fn recognise(head: &[u8]) -> bool {
    matches!(head, [0, 0, UNSIGNED_BYTE | SIGNED_BYTE | SHORT | INT, 1..=4, ..])
}

/// Images, or labels where there is one dimension.
pub(super) fn read_array(path: &Path, reader: &mut dyn Read) -> Result<Arrays, DataError> {
    let invalid = |problem: String| DataError::invalid(path, problem);
    let mut fill = |buffer: &mut [u8]| {
        reader.read_exact(buffer).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => invalid("ends within its header".into()),
            _ => DataError::read(path, error),
        })
    };
    let mut magic = [0; 4];
    fill(&mut magic)?;
    let [0, 0, kind, rank @ 1..=4] = magic else {
        return Err(invalid(format!("starts with {magic:02x?}, IDX with 00 00")));
    };
    let width = match kind {
        UNSIGNED_BYTE | SIGNED_BYTE => 1,
        SHORT => 2,
        INT => 4,
        _ => return Err(invalid(format!("elements of type {kind:#04x}, not whole numbers"))),
    };
    let mut dims = Vec::new();
    for _ in 0..rank {
        let mut dim = [0; 4];
        fill(&mut dim)?;
        dims.push(u32::from_be_bytes(dim) as usize);
    }
    let promised = dims
        .iter()
        .try_fold(width as u64, |product, &dim| product.checked_mul(dim as u64))
        .ok_or_else(|| invalid(format!("its header promises {dims:?} elements")))?;
    if promised == 0 {
        return Err(invalid(format!("its header says {dims:?}: there is nothing inside")));
    }
    let bytes = read_promised(reader, promised)
        .map_err(|problem| invalid(format!("{dims:?}: {problem}")))?;
    if dims.len() == 1 {
        let number = |word: &[u8]| {
            let first =
                if kind == UNSIGNED_BYTE { i64::from(word[0]) } else { i64::from(word[0] as i8) };
            Label::Number(word[1..].iter().fold(first, |sum, &byte| sum << 8 | i64::from(byte)))
        };
        return Ok(Arrays::Labels(bytes.chunks_exact(width).map(number).collect()));
    }
    if kind != UNSIGNED_BYTE {
        return Err(invalid(format!(
            "{dims:?} of type {kind:#04x}; images are unsigned bytes (0x08)"
        )));
    }
    let layout = layout(&dims).map_err(invalid)?;
    let shape = layout.shape;
    Ok(Arrays::Images(Images { shape, bytes: layout.into_planes(bytes), ..Images::default() }))
}

/// Whether people mean an IDX file by this name, as those of MNIST have it.
pub(crate) fn is_named_so(name: &str) -> bool {
    let stem = stem(file_name(name));
    stem.ends_with("ubyte") || stem.ends_with("idx1") || stem.ends_with("idx3")
}

/// Whether a file of this name holds images, where its neighbours may hold their labels.
pub(crate) fn is_named_images(name: &str) -> bool {
    let name = file_name(name);
    (name.contains("images") || name.contains("idx3")) && !name.contains("labels")
}

/// Whether a file called `candidate` holds the labels of the images in a file called `images`: the
/// same name but for the two words, and for the `.gz`.
pub(crate) fn is_labels_of(candidate: &str, images: &str) -> bool {
    let wanted = stem(images).replace("images", "labels").replace("idx3", "idx1");
    stem(candidate) == wanted && wanted != stem(images)
}

/// What sorts training images before others.
pub(crate) fn order(name: &str) -> (bool, String, String) {
    (!file_name(name).contains("train"), stem(name), name.to_owned())
}

/// The name without `.gz`: a file that was unpacked beside its archive is one file.
pub(crate) fn stem(name: &str) -> String {
    name.trim_end_matches(".gz").to_owned()
}

/// What files of one data set have in common: names that differ in more than the split are
/// different data sets, such as EMNIST's letters and digits.
pub(crate) fn data_set(name: &str) -> String {
    let parts = ["train", "t10k", "test"];
    parts.iter().fold(stem(name), |name, part| name.replace(part, "*"))
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
