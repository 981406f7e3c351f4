//! From what was read to a set: what is skipped is counted, classes get their numbers.

use std::path::Path;

use super::arrays;
use super::options::OpenOptions;
use super::sink::{Sink, Store};
use crate::formats::{Arrays, Images};
use crate::labels::{self, Label};
use crate::report::Report;
use crate::rule::Rule;
use crate::{DataError, Modes};

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

/// More than this fraction of damaged pictures is refused unless somebody says otherwise.
const MAX_SKIPPED: f64 = 0.01;

/// Refuses more damage than allowed.
pub(super) fn check_skipped(
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

pub(super) fn finish_arrays(
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

pub(super) fn finish(
    place: &Path,
    sink: Sink,
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
