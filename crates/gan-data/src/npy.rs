//! NumPy arrays of images and points: `.npy` files, and `.npz` archives of them.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use crate::archive::Archive;
use crate::array::Array;
use crate::open::set_name;
use crate::{DataError, ImageSet, Modes};

/// Where images and their labels may lie in an archive of several arrays.
const NAMES: [(&str, &str); 3] = [("images", "labels"), ("x", "y"), ("arr_0", "arr_1")];

/// Opens a `.npy` file of images or points.
pub(crate) fn open(path: &Path) -> Result<ImageSet, DataError> {
    let file = File::open(path).map_err(|error| DataError::read(path, error))?;
    let array = Array::read(path, BufReader::new(file))?;
    if array.dims.len() == 2 {
        return ImageSet::of_points(set_name(path), &array.into_points(path)?);
    }
    let (shape, bytes) = array.into_images(path)?;
    ImageSet::new(set_name(path), shape, bytes, None)
}

/// Opens a `.npz` archive whose entries are `names`.
pub(crate) fn open_archive(
    path: &Path,
    mut archive: Archive,
    names: &[String],
) -> Result<ImageSet, DataError> {
    let arrays: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".npy")).collect();
    let mut read = |name: &str| -> Result<(PathBuf, Array), DataError> {
        let name = format!("{name}.npy");
        let place = path.join(&name);
        let entry = archive
            .by_name(&name)
            .map_err(|error| DataError::invalid(&place, format!("cannot be unpacked: {error}")))?;
        let array = Array::read(&place, entry)?;
        Ok((place, array))
    };
    if arrays.contains(&"points") {
        return open_points(path, &arrays, read);
    }
    let known = NAMES.into_iter().find(|(images, _)| arrays.contains(images));
    let (images, labels) = match (known, arrays.as_slice()) {
        (Some(names), _) => names,
        (None, [only]) => (*only, ""),
        (None, _) => {
            return Err(DataError::invalid(
                path,
                format!(
                    "holds the arrays {arrays:?}; those of images are called images, x or arr_0, \
                     one of points is called points"
                ),
            ));
        }
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
    let set = ImageSet::new(set_name(path), shape, bytes, labels)?;
    match arrays.contains(&"digits") {
        // Which digits they are is for whoever reads the file; a classifier finds them anyway.
        true => with_modes(path, set, Modes::StackedDigits),
        false => Ok(set),
    }
}

/// An archive of points, with the Gaussians that they come from where it says so.
fn open_points(
    path: &Path,
    arrays: &[&str],
    mut read: impl FnMut(&str) -> Result<(PathBuf, Array), DataError>,
) -> Result<ImageSet, DataError> {
    let (place, array) = read("points")?;
    let set = ImageSet::of_points(set_name(path), &array.into_points(&place)?)?;
    if !(arrays.contains(&"centres") && arrays.contains(&"deviation")) {
        return Ok(set);
    }
    let (place, array) = read("centres")?;
    let centres = array.into_points(&place)?;
    let (place, array) = read("deviation")?;
    match array.into_floats(&place)?.as_slice() {
        &[deviation] => {
            let modes = Modes::Gaussians { centres, deviation: deviation as f32 };
            with_modes(path, set, modes)
        }
        several => {
            Err(DataError::invalid(&place, format!("{} numbers; it must be one", several.len())))
        }
    }
}

/// The set with its modes; what is wrong with them is wrong with the file.
fn with_modes(path: &Path, set: ImageSet, modes: Modes) -> Result<ImageSet, DataError> {
    set.with_modes(modes).map_err(|error| DataError::invalid(path, error.to_string()))
}
