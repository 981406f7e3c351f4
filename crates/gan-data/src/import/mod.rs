//! From a path to a set: what is there, what becomes of it, and a report of both.

mod array_files;
mod arrays;
mod classes;
mod convert;
mod finish;
mod look;
mod options;
mod pictures;
mod resolution;
mod sink;

use std::path::Path;

use array_files::{add_labels_beside, read_arrays, read_file, read_idx};
pub(crate) use finish::Import;
use finish::{check_skipped, finish, finish_arrays};
pub use look::is_named_picture;
use look::{ignore_pictures, look, nothing_found};
pub use options::OpenOptions;
pub(crate) use sink::Store;

use crate::files::{Files, Folder, Tar, Zip};
use crate::formats::{
    self, ACCEPTED, Arrays, Kind, Recognised, beginning, idx, recognise, recognise_refused,
};
use crate::naming::set_name;
use crate::report::Report;
use crate::rule::Alpha;
use crate::{DataError, ImageSet};

/// A set, and what became of the files that it was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The images.
    pub set: ImageSet,
    /// What was read, converted and skipped.
    pub report: Report,
}

/// Opens the images at `path` with the default rule: [`open_with`] tells what is read.
///
/// # Errors
/// As [`open_with`].
pub fn open(path: impl AsRef<Path>) -> Result<ImageSet, DataError> {
    Ok(open_with(path, &OpenOptions::default())?.set)
}

/// Opens the images at `path`, whatever they are stored as; formats are told by content:
///
/// - a folder, ZIP or TAR (also gzipped) of PNG, JPEG, WebP, GIF, BMP and TIFF pictures, in natural
///   order of their paths. Classes are the folders at the top, or `dataset.json` says them;
/// - IDX files, raw or gzipped: one, or a folder of them;
/// - NumPy arrays (`.npy`) and archives (`.npz`): images, or points of the plane;
/// - a table of pixels (CSV), a line for each image;
/// - a packed set, read from its file as it is needed.
///
/// `docs/data.md` has the rule, the table of formats and the limits.
///
/// # Errors
/// If there is nothing of the kind, more is damaged than `options` allow, or there is too much; the
/// message names the file and says what to do.
pub fn open_with(path: impl AsRef<Path>, options: &OpenOptions<'_>) -> Result<Opened, DataError> {
    let path = path.as_ref();
    if let Some(opened) = open_packed(path, options)? {
        return Ok(opened);
    }
    let name = set_name(path);
    match import(path, options, None)? {
        Import::Points { points, modes, report } => {
            let set = ImageSet::of_points(name, &points)?;
            let set = match modes {
                Some(modes) => set.with_modes(modes).map_err(|error| of_file(path, &error))?,
                None => set,
            };
            Ok(Opened { set, report })
        }
        Import::Images { shape, store, labels, class_names, modes, report } => {
            let Store::Memory(bytes) = store else {
                unreachable!("a sink in memory was asked for")
            };
            let mut set = ImageSet::new(name, shape, bytes, labels)?;
            if let Some(names) = class_names {
                set = set.with_class_names(names)?;
            }
            if let Some(modes) = modes {
                set = set.with_modes(modes).map_err(|error| of_file(path, &error))?;
            }
            Ok(Opened { set, report })
        }
    }
}

/// Reads what is at `path`; images go to a temporary file in `folder`, or to memory.
pub(crate) fn import(
    path: &Path,
    options: &OpenOptions<'_>,
    folder: Option<&Path>,
) -> Result<Import, DataError> {
    let metadata = std::fs::metadata(path).map_err(|error| DataError::read(path, error))?;
    if metadata.is_dir() {
        return import_files(&Folder::open(path)?, options, folder);
    }
    let head = beginning(path)?;
    match recognise(&head) {
        Some(Recognised { format, gzipped }) => match format.kind {
            Kind::Zip => {
                let archive = Zip::open(path)?;
                match archive.names().iter().any(|name| name.ends_with(".npy")) {
                    true => {
                        let arrays = formats::open_archive(path, archive.into_archive())?;
                        finish_arrays(path, "NumPy", arrays, options, folder, Report::default())
                    }
                    false => import_files(&archive, options, folder),
                }
            }
            Kind::Tar => import_files(&Tar::open(path, gzipped)?, options, folder),
            Kind::Array(_) => {
                let mut arrays = read_file(path, &Recognised { format, gzipped })?;
                if let Arrays::Images(images) = &mut arrays {
                    add_labels_beside(path, images)?;
                }
                finish_arrays(path, format.name, arrays, options, folder, Report::default())
            }
            Kind::Packed => Err(DataError::invalid(path, "a packed set is packed already")),
            Kind::Picture(_) => Err(DataError::invalid(
                path,
                "a single picture; name the folder that holds it and the others",
            )),
        },
        None => Err(DataError::invalid(path, unreadable(&head))),
    }
}

/// What to say of a file that begins with `head` and is not read.
fn unreadable(head: &[u8]) -> String {
    match recognise_refused(head) {
        Some(refused) => format!("{}, which is not read: {}", refused.name, refused.advice),
        None => format!("no images that can be read; {ACCEPTED}"),
    }
}

/// A packed set is opened as it is; the rule was applied when it was packed.
fn open_packed(path: &Path, options: &OpenOptions<'_>) -> Result<Option<Opened>, DataError> {
    let is_packed = path.is_file()
        && recognise(&beginning(path)?).is_some_and(|it| matches!(it.format.kind, Kind::Packed));
    if !is_packed {
        return Ok(None);
    }
    let (set, report) = formats::open_packed(path)?;
    let [channels, height, width] = set.shape();
    let wanted = options.rule.resolution.unwrap_or([height, width]);
    if wanted != [height, width] || (options.rule.alpha == Alpha::Keep && channels != 4) {
        return Err(DataError::invalid(
            path,
            format!(
                "packed as {width} × {height} in {channels} channels; pack it anew for another rule"
            ),
        ));
    }
    Ok(Some(Opened { set, report }))
}

/// Everything in a folder or archive.
fn import_files(
    files: &dyn Files,
    options: &OpenOptions<'_>,
    folder: Option<&Path>,
) -> Result<Import, DataError> {
    let place = files.place();
    let mut report = Report::default();
    let found = look(files, &mut report)?;
    if found.arrays.iter().any(|&(index, _)| idx::is_named_images(&files.names()[index])) {
        if let Some(skipped) = report.skipped.first() {
            let path = place.join(&skipped.file);
            return Err(DataError::invalid(&path, skipped.reason.clone()));
        }
        let arrays = read_idx(files, &found)?;
        ignore_pictures(files, &found, &mut report);
        return finish_arrays(place, "IDX", arrays, options, folder, report);
    }
    if found.pictures.is_empty() {
        if let [_, ..] = found.arrays.as_slice() {
            let (format, arrays) = read_arrays(files, &found)?;
            return finish_arrays(place, format, arrays, options, folder, report);
        }
        return Err(nothing_found(files, &report));
    }
    for &(index, Recognised { format, .. }) in &found.arrays {
        report.ignore(&format!("{} beside pictures", format.name), &files.names()[index]);
    }
    let names: Vec<&str> =
        found.pictures.iter().map(|picture| files.names()[picture.index].as_str()).collect();
    let labels = match found.description {
        Some(index) => {
            let text = files.read(index).map_err(|problem| {
                DataError::invalid(&place.join(&files.names()[index]), problem)
            })?;
            classes::described(place, &text, &names)?
        }
        None => classes::of_folders(&names, &mut report.notes),
    };
    let seen = found.pictures.len() + report.skipped.len();
    let (sink, kept) = pictures::read(files, &found.pictures, options, folder, &mut report)?;
    check_skipped(place, seen, options, &report)?;
    let labels = labels.map(|labels| kept.iter().map(|&at| labels[at].clone()).collect());
    finish(place, sink, labels, None, report)
}

fn of_file(path: &Path, error: &DataError) -> DataError {
    DataError::invalid(path, error.to_string())
}
