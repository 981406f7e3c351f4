//! Many pictures into one set: surveyed, then decoded in parallel and brought to one size.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::ImageFormat;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::convert::{Converted, convert};
use super::options::{OpenOptions, READING};
use super::resolution;
use super::sink::Sink;
use crate::DataError;
use crate::files::Files;
use crate::formats::picture::{Decoded, decode, size};
use crate::report::Report;
use crate::rule::Rule;

/// Pictures that are decoded before they are put into the set together.
const BATCH: usize = 512;

/// A picture among files.
pub(crate) struct Entry {
    pub(crate) index: usize,
    pub(crate) format: ImageFormat,
    pub(crate) format_name: &'static str,
}

/// Every readable picture among `entries` in a sink, and which of the entries these are.
pub(crate) fn read(
    files: &dyn Files,
    entries: &[Entry],
    options: &OpenOptions<'_>,
    folder: Option<&Path>,
    report: &mut Report,
) -> Result<(Sink, Vec<usize>), DataError> {
    let names = files.names();
    let counted = |what: &'static str, total: usize| {
        let done = AtomicUsize::new(0);
        move || {
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(progress) = options.progress {
                progress(what, done, total);
            }
        }
    };
    let advance = counted("looking at sizes", entries.len());
    let sizes: Vec<Result<[usize; 2], String>> = entries
        .par_iter()
        .map(|entry| {
            advance();
            files.read(entry.index).and_then(|bytes| size(&bytes, entry.format))
        })
        .collect();
    let mut readable = Vec::new();
    let mut known = Vec::new();
    for (at, size) in sizes.into_iter().enumerate() {
        match size {
            Ok(size) => {
                readable.push(at);
                known.push(size);
            }
            Err(reason) => report.skip(&names[entries[at].index], reason),
        }
    }
    if known.is_empty() {
        return Err(nothing_readable(files, report));
    }
    let size = match options.rule.resolution {
        Some(size) => size,
        None => {
            let (size, note) = resolution::choose(&known, options.accepts);
            report.notes.extend(note);
            size
        }
    };
    let rule = Rule { resolution: Some(size), ..options.rule };
    report.rule = rule;

    let failed = |problem: String| DataError::invalid(files.place(), problem);
    let mut sink = Sink::new(size, folder).map_err(failed)?;
    let advance = counted(READING, readable.len());
    let mut kept = Vec::new();
    let mut grey: Vec<usize> = Vec::new();
    for batch in readable.chunks(BATCH) {
        let converted: Vec<Result<Picture, String>> = batch
            .into_par_iter()
            .map(|&at| {
                advance();
                let bytes = files.read(entries[at].index)?;
                let decoded = decode(&bytes, entries[at].format)?;
                let (rotated, scaled, animated) =
                    (decoded.rotated, decoded.scaled_from_16_bit, decoded.animated);
                let Decoded { picture, .. } = decoded;
                Ok(Picture { converted: convert(picture, &rule), rotated, scaled, animated })
            })
            .collect();
        for (&at, picture) in batch.iter().zip(converted) {
            let name = &names[entries[at].index];
            let picture = match picture {
                Ok(picture) => picture,
                Err(reason) => {
                    report.skip(name, reason);
                    continue;
                }
            };
            picture.describe(name, report);
            let Converted { picture, .. } = picture.converted;
            if picture.channels == 1 {
                grey.push(entries[at].index);
            }
            sink.push(&picture, folder).map_err(failed)?;
            *report.read.entry(entries[at].format_name.to_owned()).or_default() += 1;
            kept.push(at);
        }
    }
    if kept.is_empty() {
        return Err(nothing_readable(files, report));
    }
    if sink.shape()[0] == 3 {
        grey.iter().for_each(|&index| report.convert("grey shown in colour", &names[index]));
    }
    report.images = kept.len();
    Ok((sink, kept))
}

/// A picture ready for the set, and what happened to it.
struct Picture {
    converted: Converted,
    rotated: bool,
    scaled: bool,
    animated: bool,
}

impl Picture {
    fn describe(&self, name: &str, report: &mut Report) {
        let Self { converted, rotated, scaled, animated } = self;
        for (happened, what) in [
            (converted.had_alpha, "with transparency"),
            (converted.resized, "resized"),
            (*rotated, "rotated as their EXIF data says"),
            (*scaled, "of 16 bits a value scaled to 8"),
            (*animated, "animated, of which the first frame was taken"),
        ] {
            if happened {
                report.convert(what, name);
            }
        }
    }
}

fn nothing_readable(files: &dyn Files, report: &Report) -> DataError {
    let first = &report.skipped[0];
    DataError::invalid(
        files.place(),
        format!(
            "none of {} pictures can be read: {}: {}",
            report.skipped.len(),
            first.file,
            first.reason
        ),
    )
}
