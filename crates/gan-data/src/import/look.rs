//! What lies in a folder or archive, told by the beginning of every file.

use super::{classes, pictures};
use crate::DataError;
use crate::files::{Files, is_litter};
use crate::formats::{ACCEPTED, HEAD_BYTES, Kind, Recognised, idx, recognise, recognise_refused};
use crate::report::Report;

/// What lies in a folder or archive.
#[derive(Default)]
pub(super) struct Found {
    pub(super) pictures: Vec<pictures::Entry>,
    pub(super) arrays: Vec<(usize, Recognised)>,
    pub(super) description: Option<usize>,
}

/// Recognises every file by its beginning.
pub(super) fn look(files: &dyn Files, report: &mut Report) -> Result<Found, DataError> {
    let mut found = Found::default();
    for (index, name) in files.names().iter().enumerate() {
        if is_litter(name) {
            report.ignore("hidden or litter", name);
            continue;
        }
        if name == classes::DESCRIPTION {
            found.description = Some(index);
            continue;
        }
        let head = match files.head(index, HEAD_BYTES) {
            Ok(head) => head,
            Err(reason) => {
                report.skip(name, reason);
                continue;
            }
        };
        match recognise(&head) {
            Some(Recognised { format, gzipped: false })
                if matches!(format.kind, Kind::Picture(_)) =>
            {
                let Kind::Picture(kind) = format.kind else { unreachable!("matched above") };
                let format_name = format.name;
                found.pictures.push(pictures::Entry { index, format: kind, format_name });
            }
            Some(recognised) if matches!(recognised.format.kind, Kind::Array(_)) => {
                found.arrays.push((index, recognised));
            }
            Some(Recognised { format, .. }) if matches!(format.kind, Kind::Zip) && is_npz(name) => {
                found.arrays.push((index, Recognised { format, gzipped: false }));
            }
            Some(Recognised { format, .. }) => {
                report.skip(name, format!("a {} within; unpack it first", format.name));
            }
            None => match recognise_refused(&head) {
                Some(refused) => report.skip(name, format!("{}: {}", refused.name, refused.advice)),
                None if idx::is_named_so(name) => report.skip(name, "not a whole IDX file"),
                None if is_named_picture(name) => report.skip(name, no_picture(&head)),
                None => report.ignore(&kind_of(name), name),
            },
        }
    }
    Ok(found)
}

pub(super) fn no_picture(head: &[u8]) -> String {
    match head {
        [] => "empty".into(),
        _ => "not a picture of any format that is read".into(),
    }
}

pub(super) fn is_npz(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".npz")
}

/// Whether people mean a picture by this name.
pub fn is_named_picture(name: &str) -> bool {
    let ends = ["png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff"];
    let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    ends.contains(&end.as_str())
}

/// `.txt`.
pub(super) fn kind_of(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((_, end)) if end.len() <= 8 => format!(".{}", end.to_ascii_lowercase()),
        _ => "of other kinds".into(),
    }
}

pub(super) fn ignore_pictures(files: &dyn Files, found: &Found, report: &mut Report) {
    for picture in &found.pictures {
        report.ignore("beside IDX files", &files.names()[picture.index]);
    }
}

pub(super) fn nothing_found(files: &dyn Files, report: &Report) -> DataError {
    let seen: Vec<String> = report
        .ignored
        .iter()
        .map(|(kind, count)| format!("{} {kind}", count.files))
        .chain(report.skipped.first().map(|first| {
            format!(
                "{} that cannot be read ({}: {})",
                report.skipped.len(),
                first.file,
                first.reason
            )
        }))
        .collect();
    let seen = if seen.is_empty() { "it is empty".into() } else { seen.join(", ") };
    DataError::invalid(files.place(), format!("no images here ({seen}); {ACCEPTED}"))
}
