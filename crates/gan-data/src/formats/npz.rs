//! NumPy archives (`.npz`): images with labels, or points with the Gaussians that they come from.

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::npy::Array;
use super::{Arrays, Images};
use crate::labels::Label;
use crate::{DataError, Modes};

/// An array of images, and what the one of its labels may be called.
type Names = (&'static str, &'static [&'static str]);

/// What images are called where archives are published; those of one row belong together.
const NAMES: &[&[Names]] = &[
    &[("images", &["labels"])],
    // Keras: mnist.npz.
    &[("x_train", &["y_train"]), ("x_test", &["y_test"])],
    // MedMNIST.
    &[
        ("train_images", &["train_labels"]),
        ("val_images", &["val_labels"]),
        ("test_images", &["test_labels"]),
    ],
    &[("x", &["y"])],
    &[("X", &["y"])],
    &[("data", &["labels", "target"])],
    // numpy.savez without names, as guided-diffusion samples.
    &[("arr_0", &["arr_1"])],
];

/// Reads an archive of arrays.
pub(crate) fn open_archive<R: Read + Seek>(
    path: &Path,
    mut archive: ZipArchive<R>,
) -> Result<Arrays, DataError> {
    let mut arrays = Vec::new();
    for name in archive.file_names() {
        let name = name.map_err(|error| DataError::invalid(path, format!("a name: {error}")))?;
        arrays.extend(name.strip_suffix(".npy").map(str::to_owned));
    }
    let has = |name: &str| arrays.iter().any(|array| array == name);
    let mut read = |name: &str| -> Result<(PathBuf, Array), DataError> {
        let place = path.join(format!("{name}.npy"));
        let mut entry = archive
            .by_name(&format!("{name}.npy"))
            .map_err(|error| DataError::invalid(&place, format!("cannot be unpacked: {error}")))?;
        let array = Array::read(&place, &mut entry)?;
        Ok((place, array))
    };
    if has("points") {
        let (place, array) = read("points")?;
        let points = array.into_points(&place)?;
        let modes = match has("centres") && has("std") {
            true => {
                let (place, array) = read("centres")?;
                let centres = array.into_points(&place)?;
                let (place, array) = read("std")?;
                Some(Modes::Gaussians { centres, std: array.into_number(&place)? as f32 })
            }
            false => None,
        };
        return Ok(Arrays::Points { points, modes });
    }
    let known = NAMES.iter().find(|names| names.iter().any(|(images, _)| has(images)));
    let parts: Vec<(String, &[&str])> = match (known, arrays.as_slice()) {
        (Some(names), _) => names
            .iter()
            .filter(|(images, _)| has(images))
            .map(|&(images, labels)| (images.to_owned(), labels))
            .collect(),
        (None, [only]) => vec![(only.clone(), &[])],
        (None, _) => {
            let names: Vec<&str> = NAMES.iter().map(|names| names[0].0).collect();
            return Err(DataError::invalid(
                path,
                format!(
                    "holds the arrays {arrays:?}; those of images are called {}, one of points is \
                     called points: numpy.savez('data.npz', images=x, labels=y)",
                    names.join(", ")
                ),
            ));
        }
    };
    let mut images = Images::default();
    let mut all_labels: Option<Vec<Label>> = Some(Vec::new());
    for (name, label_names) in &parts {
        let before = images.len();
        let (place, array) = read(name)?;
        array.into_images(&place, &mut images)?;
        let count = images.len() - before;
        let labels = match label_names.iter().find(|name| has(name)) {
            Some(name) => {
                let (place, array) = read(name)?;
                Some(array.into_labels(&place, count)?)
            }
            None => None,
        };
        match (&mut all_labels, labels) {
            (Some(all), Some(labels)) => all.extend(labels),
            _ => all_labels = None,
        }
    }
    if let [_, _, ..] = parts.as_slice() {
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        images.notes.push(format!("{} are taken together", names.join(", ")));
    }
    images.labels = all_labels;
    // Which digits they are is for whoever reads the file; a classifier finds them anyway.
    images.modes = has("digits").then_some(Modes::StackedDigits);
    if has("scene") {
        let (place, array) = read("scene")?;
        images.modes = Some(Modes::Scene(array.into_text(&place)?));
    }
    Ok(Arrays::Images(images))
}
