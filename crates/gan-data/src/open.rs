//! Images from whatever holds them, told by what is there and not by its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::{DataError, ImageSet, archive, idx, npy, pictures};

const ACCEPTED: &str = "accepted are a folder or a ZIP of PNG pictures, a folder of IDX files or \
                        one of them (raw or gzipped), and arrays (.npy, .npz)";

/// Opens the images at `path`:
///
/// - a folder of IDX files, as [`idx::open_folder`] reads it;
/// - any other folder: all PNG pictures in it and in the folders below it, in the order of their
///   names. Labels come from `dataset.json` where there is one (`{"labels": [["00000/a.png", 6],
///   …]}`, or `null` for none, as StyleGAN has it). Otherwise, where every picture lies in a folder
///   below, and those folders have two or more different names and at most 256, a picture's class
///   is the place of its folder's name among them, sorted;
/// - a ZIP file of the same;
/// - one IDX file, raw or gzipped: this file alone, with its labels where they lie beside it;
/// - a `.npy` array: bytes, or floats in `[0, 1]` (they become bytes). Three dimensions are
///   `[count, height, width]`. Four are `[count, height, width, channels]` or
///   `[count, channels, height, width]`, whichever has 1 or 3 for its channels; if both or neither
///   have, the array is refused. Two, `[count, 2]` of floats, are points of the plane;
/// - a `.npz` file of `points`, with the Gaussians that they come from where `centres` (`[modes, 2]`)
///   and `deviation` (a number) are beside them;
/// - any other `.npz` file: its only array, or the one called `images`, `x` or `arr_0`, with labels (whole
///   numbers from 0 to 255) in `labels`, `y` or `arr_1` respectively where it has them; `digits` beside them says that these are those of Stacked MNIST.
///
/// # Errors
/// If there is nothing of the kind, something is damaged, or images differ in size or channels; the
/// message names the file.
pub fn open(path: impl AsRef<Path>) -> Result<ImageSet, DataError> {
    let path = path.as_ref();
    let metadata = std::fs::metadata(path).map_err(|error| DataError::read(path, error))?;
    if metadata.is_dir() {
        return if idx::is_folder_of_idx(path)? {
            idx::open_folder(path)
        } else {
            pictures::open_folder(path)
        };
    }
    match beginning(path)?.as_slice() {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => archive::open(path),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => npy::open(path),
        [0, 0, ..] | [0x1f, 0x8b, ..] => idx::open_file(path),
        [0x89, b'P', b'N', b'G', ..] => Err(DataError::invalid(
            path,
            "a single picture; name the folder that holds it and the others",
        )),
        _ => Err(DataError::invalid(path, format!("no images that can be read; {ACCEPTED}"))),
    }
}

/// The first six bytes, or fewer where there are no more.
fn beginning(path: &Path) -> Result<Vec<u8>, DataError> {
    let file = File::open(path).map_err(|error| DataError::read(path, error))?;
    let mut bytes = Vec::new();
    file.take(6).read_to_end(&mut bytes).map_err(|error| DataError::read(path, error))?;
    Ok(bytes)
}

/// What a set is called after the file or folder that it came from.
pub(crate) fn set_name(path: &Path) -> String {
    let whole = path.canonicalize().ok();
    let name = whole.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let name = name.as_deref().unwrap_or("images");
    let short = [".gz", ".zip", ".npy", ".npz"].iter().find_map(|end| name.strip_suffix(end));
    short.unwrap_or(name).to_owned()
}
