//! From a path to a set: what is there, what becomes of it, and a report of both.

mod array_files;
mod arrays;
mod classes;
mod convert;
mod look;
mod options;
mod pictures;
mod resolution;
mod sink;

use std::path::Path;

use array_files::{add_labels_beside, read_arrays, read_file, read_idx};
use look::{ignore_pictures, look, nothing_found};
pub use options::OpenOptions;
pub(crate) use sink::Store;

use crate::files::{Files, Folder, Tar, Zip};
use crate::formats::{
    self, ACCEPTED, Arrays, Images, Kind, Recognised, beginning, idx, recognise, recognise_refused,
};
use crate::labels::{self, Label};
use crate::naming::set_name;
use crate::report::Report;
use crate::rule::{Alpha, Rule};
use crate::{DataError, ImageSet, Modes};

/// More than this fraction of damaged pictures is refused unless somebody says otherwise.
const MAX_SKIPPED: f64 = 0.01;

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

/// What is at a path, after the rule.
pub(crate) enum Import {
    Points {
        points: Vec<[f32; 2]>,
        modes: Option<Modes>,
        report: Report,
    },
    Images {
        shape: [usize; 3],
        store: Store,
        labels: Option<Vec<u32>>,
        class_names: Option<Vec<String>>,
        modes: Option<Modes>,
        report: Report,
    },
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

/// Refuses more damage than allowed.
fn check_skipped(
    place: &Path,
    seen: usize,
    options: &OpenOptions<'_>,
    report: &Report,
) -> Result<(), DataError> {
    let skipped = report.skipped.len();
    let is_refused = match options.strict {
        Some(strict) => strict && skipped > 0,
        None => skipped as f64 > MAX_SKIPPED * seen as f64,
    };
    if !is_refused {
        return Ok(());
    }
    let first: Vec<String> = report
        .skipped
        .iter()
        .take(3)
        .map(|skipped| format!("{}: {}", skipped.file, skipped.reason))
        .collect();
    let remedy = match options.strict {
        Some(_) => "without --strict, 1 % of them may be damaged",
        None => "--strict=false trains on the others",
    };
    Err(DataError::invalid(
        place,
        format!("{skipped} of {seen} pictures cannot be read ({}); {remedy}", first.join("; ")),
    ))
}

fn finish_arrays(
    place: &Path,
    format: &'static str,
    arrays: Arrays,
    options: &OpenOptions<'_>,
    folder: Option<&Path>,
    mut report: Report,
) -> Result<Import, DataError> {
    let mut images = match arrays {
        Arrays::Images(images) => images,
        Arrays::Points { points, modes } => {
            report.images = points.len();
            return Ok(Import::Points { points, modes, report });
        }
        Arrays::Labels(_) => {
            return Err(DataError::invalid(place, "one dimension: labels, not images; name those"));
        }
    };
    report.notes.append(&mut images.notes);
    report.read.insert(format!("from {format}"), images.len());
    let (labels, modes) = (images.labels.take(), images.modes.take());
    let is_in_memory = folder.is_none();
    if is_in_memory && arrays::are_kept(&images, options) {
        let [_, height, width] = images.shape;
        report.rule = Rule { resolution: Some([height, width]), ..options.rule };
        report.images = images.len();
        let (labels, class_names) = numbered(place, labels)?;
        let Images { shape, bytes, .. } = images;
        let store = Store::Memory(bytes);
        return Ok(Import::Images { shape, store, labels, class_names, modes, report });
    }
    let sink = arrays::convert_all(place, &images, options, folder, &mut report)?;
    finish(place, sink, labels, modes, report)
}

fn finish(
    place: &Path,
    sink: sink::Sink,
    labels: Option<Vec<Label>>,
    modes: Option<Modes>,
    report: Report,
) -> Result<Import, DataError> {
    let (labels, class_names) = numbered(place, labels)?;
    let (shape, store) = (sink.shape(), sink.into_store());
    Ok(Import::Images { shape, store, labels, class_names, modes, report })
}

type Numbered = (Option<Vec<u32>>, Option<Vec<String>>);

fn numbered(place: &Path, labels: Option<Vec<Label>>) -> Result<Numbered, DataError> {
    let Some(labels) = labels else { return Ok((None, None)) };
    let (labels, names) =
        labels::classes(&labels).map_err(|problem| DataError::invalid(place, problem))?;
    Ok((Some(labels), Some(names)))
}

fn of_file(path: &Path, error: &DataError) -> DataError {
    DataError::invalid(path, error.to_string())
}
