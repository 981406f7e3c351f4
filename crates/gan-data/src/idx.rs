//! IDX files, the format of MNIST and of its relatives Fashion-MNIST, KMNIST and EMNIST.
//!
//! A header of big-endian numbers: two zero bytes, the type of the elements (8 = unsigned byte),
//! the number of dimensions, then each dimension in 32 bits; then the elements, row-major.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::open::set_name;
use crate::{DataError, ImageSet};

const UNSIGNED_BYTE: u8 = 8;

/// A parsed IDX file of unsigned bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Idx {
    /// Sizes of the dimensions, outermost first.
    pub dims: Vec<usize>,
    /// The elements, row-major.
    pub bytes: Vec<u8>,
}

/// Opens a folder of IDX files, raw or gzipped: every file of images found there, in the order of
/// their names with `train` before `t10k` and `test`, each with its labels where they are there. A
/// file and its gzipped twin are read once.
///
/// File names are those of MNIST and its relatives: a name with `images` or `idx3` is images, and
/// the same name with `labels` and `idx1` instead holds their classes. Names that differ in more
/// than `train`, `t10k` and `test` are different splits of a data set, such as EMNIST's letters and
/// digits; a folder of several is refused, and [`open_file`] opens one of their files.
///
/// # Errors
/// If there is no such file, one of them is damaged, empty or of another size than the rest, or
/// they are not of one split.
pub fn open_folder(folder: impl AsRef<Path>) -> Result<ImageSet, DataError> {
    let folder = folder.as_ref();
    let files = list(folder)?;
    let mut image_files: Vec<&PathBuf> = files.iter().filter(|path| is_images(path)).collect();
    image_files
        .sort_by_key(|path| (!file_name(path).contains("train"), stem(path), file_name(path)));
    // A file that was unpacked beside its archive is one file.
    image_files.dedup_by_key(|path| stem(path));
    if image_files.is_empty() {
        return Err(DataError::invalid(
            folder,
            "no IDX images here; expected files such as train-images-idx3-ubyte, raw or with .gz",
        ));
    }
    refuse_several_splits(folder, &image_files)?;
    open_files(folder, &image_files, &files)
}

/// Opens one IDX file of images, raw or gzipped, and the labels beside it: the same name with
/// `labels` and `idx1` instead of `images` and `idx3`. No other file is read.
///
/// # Errors
/// If the file or its labels are damaged or hold something else.
pub fn open_file(path: impl AsRef<Path>) -> Result<ImageSet, DataError> {
    let path = path.as_ref();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let files = list(folder.unwrap_or(Path::new(".")))?;
    open_files(path, &[path], &files)
}

/// Whether there is an IDX file of images directly in `folder`, told by its name.
pub(crate) fn is_folder_of_idx(folder: &Path) -> Result<bool, DataError> {
    Ok(list(folder)?.iter().any(|path| is_images(path)))
}

/// The images of `image_files` one after the other, with their labels if all of them have some
/// among `files`; `place` names the set.
fn open_files(
    place: &Path,
    image_files: &[impl AsRef<Path>],
    files: &[PathBuf],
) -> Result<ImageSet, DataError> {
    let mut shape: Option<[usize; 3]> = None;
    let mut bytes = Vec::new();
    let mut labels = Some(Vec::new());
    for path in image_files {
        let path = path.as_ref();
        let images = read(path)?;
        let &[count, height, width] = images.dims.as_slice() else {
            return Err(DataError::invalid(
                path,
                format!("images have 3 dimensions (count, height, width), here {:?}", images.dims),
            ));
        };
        let this = [1, height, width];
        let expected = *shape.get_or_insert(this);
        if this != expected {
            return Err(DataError::invalid(
                path,
                format!("images of {this:?}, but the files before it hold {expected:?}"),
            ));
        }
        let own_labels = match labels_beside(path, files) {
            Some(label_path) => Some(read_labels(label_path, count)?),
            None => None,
        };
        labels = labels.zip(own_labels).map(|(mut all, own)| {
            all.extend(own);
            all
        });
        bytes.extend(images.bytes);
    }
    let shape = shape.expect("at least one file was read");
    ImageSet::new(set_name(place), shape, bytes, labels)
}

/// Training on letters and digits at once is nobody's wish.
fn refuse_several_splits(folder: &Path, image_files: &[&PathBuf]) -> Result<(), DataError> {
    let split = |path: &PathBuf| {
        let parts = ["train", "t10k", "test"];
        parts.iter().fold(stem(path), |name, part| name.replace(part, "*"))
    };
    let mut splits: Vec<String> = image_files.iter().map(|path| split(path)).collect();
    splits.sort();
    splits.dedup();
    if let [_, _, ..] = splits.as_slice() {
        let example = image_files[0].display();
        return Err(DataError::invalid(
            folder,
            format!(
                "several data sets in one folder: {}; name one file, such as {example}, or move \
                 one set into a folder of its own",
                splits.join(", ")
            ),
        ));
    }
    Ok(())
}

/// Reads one IDX file, raw or gzipped (told by its first bytes, not by its name).
///
/// # Errors
/// If it cannot be read, is not IDX of unsigned bytes, holds nothing, or its length is not what
/// its header says. Memory grows with what the file holds, not with what its header promises.
pub fn read(path: impl AsRef<Path>) -> Result<Idx, DataError> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| DataError::read(path, error))?;
    let mut reader = BufReader::new(file);
    let packed = std::io::BufRead::fill_buf(&mut reader)
        .map_err(|error| DataError::read(path, error))?
        .starts_with(&[0x1f, 0x8b]);
    if packed { parse(path, MultiGzDecoder::new(reader)) } else { parse(path, reader) }
}

fn parse(path: &Path, mut reader: impl Read) -> Result<Idx, DataError> {
    let invalid = |problem: String| DataError::invalid(path, problem);
    let mut fill = |buffer: &mut [u8], what: &str| {
        reader.read_exact(buffer).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => invalid(format!("ends within {what}")),
            _ => DataError::read(path, error),
        })
    };

    let mut magic = [0; 4];
    fill(&mut magic, "its header of an IDX file")?;
    let [0, 0, kind, rank @ 1..=4] = magic else {
        return Err(invalid(format!(
            "not an IDX file: it starts with {magic:02x?}, IDX with 00 00"
        )));
    };
    if kind != UNSIGNED_BYTE {
        return Err(invalid(format!(
            "elements of type {kind:#04x}; only unsigned bytes (0x08) are images"
        )));
    }
    let mut dims = Vec::new();
    for _ in 0..rank {
        let mut dim = [0; 4];
        fill(&mut dim, "its header")?;
        dims.push(u32::from_be_bytes(dim) as usize);
    }
    let promised =
        dims.iter().try_fold(1u64, |product, &dim| product.checked_mul(dim as u64)).ok_or_else(
            || invalid(format!("its header promises {dims:?} elements, more than can be")),
        )?;
    if promised == 0 {
        return Err(invalid(format!("its header says {dims:?}: there is nothing inside")));
    }

    let mut bytes = Vec::new();
    // One byte more than promised, to notice a longer file without reading all of it.
    reader
        .take(promised.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| DataError::read(path, error))?;
    match (bytes.len() as u64).cmp(&promised) {
        std::cmp::Ordering::Equal => Ok(Idx { dims, bytes }),
        std::cmp::Ordering::Less => Err(invalid(format!(
            "cut short: its header {dims:?} promises {promised} bytes, {} are there",
            bytes.len()
        ))),
        std::cmp::Ordering::Greater => Err(invalid(format!(
            "longer than the {promised} bytes that its header {dims:?} promises"
        ))),
    }
}

fn read_labels(path: &Path, images: usize) -> Result<Vec<u8>, DataError> {
    let labels = read(path)?;
    if labels.dims != [images] {
        return Err(DataError::invalid(
            path,
            format!("labels of {:?}, but the images beside it are {images}", labels.dims),
        ));
    }
    Ok(labels.bytes)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let entries = std::fs::read_dir(folder).map_err(|error| DataError::read(folder, error))?;
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| DataError::read(folder, error))?;
        files.push(entry.path());
    }
    files.sort();
    Ok(files)
}

fn is_images(path: &Path) -> bool {
    let name = file_name(path);
    // Pictures and arrays may be called images as well.
    let is_other = [".png", ".npy", ".npz", ".zip", ".json"].iter().any(|end| name.ends_with(end));
    let is_named_so = name.contains("images") || name.contains("idx3");
    is_named_so && !name.contains("labels") && !is_other && path.is_file()
}

/// The file of classes that belongs to a file of images: the same name but for the two words, and
/// for the `.gz`.
fn labels_beside<'a>(images: &Path, files: &'a [PathBuf]) -> Option<&'a Path> {
    let wanted = stem(images).replace("images", "labels").replace("idx3", "idx1");
    files.iter().find(|path| stem(path) == wanted && path.as_path() != images).map(PathBuf::as_path)
}

fn stem(path: &Path) -> String {
    file_name(path).trim_end_matches(".gz").to_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
