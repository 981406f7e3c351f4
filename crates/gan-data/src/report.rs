//! What was read, converted and skipped on the way from files to a set: nothing is lost in silence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rule::{Alpha, Fit, Rule};

/// What became of the files that a set was made from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Images in the set.
    pub images: usize,
    /// The rule that was applied, its resolution settled.
    pub rule: Rule,
    /// Files, or images of arrays, that were read, by format.
    pub read: BTreeMap<String, usize>,
    /// What was changed in how many pictures, with one of them.
    pub converted: BTreeMap<String, Count>,
    /// Files that are no pictures, by kind, with one of them.
    pub ignored: BTreeMap<String, Count>,
    /// Files that should be pictures and could not be read.
    pub skipped: Vec<Skipped>,
    /// What else a person should know.
    pub notes: Vec<String>,
}

/// So many files, such as this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How many.
    pub files: usize,
    /// The first of them.
    pub example: String,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Its path within the folder or archive.
    pub file: String,
    /// Why.
    pub reason: String,
}

impl Report {
    pub(crate) fn skip(&mut self, file: impl Into<String>, reason: impl Into<String>) {
        self.skipped.push(Skipped { file: file.into(), reason: reason.into() });
    }

    pub(crate) fn convert(&mut self, what: &str, file: &str) {
        count(&mut self.converted, what, file);
    }

    pub(crate) fn ignore(&mut self, kind: &str, file: &str) {
        count(&mut self.ignored, kind, file);
    }

    /// The report in a few lines, `shape` being that of the set: what was read, the rule, what was
    /// converted, ignored and skipped, each with an example.
    pub fn lines(&self, [channels, height, width]: [usize; 3]) -> Vec<String> {
        let formats: Vec<String> =
            self.read.iter().map(|(format, files)| format!("{files} {format}")).collect();
        let colour = match (channels, self.rule.alpha) {
            (1, _) => "grey".to_owned(),
            (4, _) => "colour with alpha".to_owned(),
            _ => "colour".to_owned(),
        };
        let alpha = match (self.rule.alpha, channels) {
            (Alpha::Over(background), 1 | 3) => format!(", transparency over {background}"),
            _ => String::new(),
        };
        let fit = match (self.rule.resolution, self.rule.fit) {
            (None, _) => "",
            (_, Fit::Crop) => ", other shapes cropped",
            (_, Fit::Pad) => ", other shapes padded",
            (_, Fit::Stretch) => ", other shapes stretched",
        };
        let mut lines = vec![
            format!(
                "read {} image{} ({})",
                self.images,
                if self.images == 1 { "" } else { "s" },
                formats.join(", ")
            ),
            format!("rule: {width} × {height} in {colour}{alpha}{fit}"),
        ];
        let list = |counts: &BTreeMap<String, Count>| {
            let each = counts.iter().map(|(what, Count { files, example })| match files {
                1 => format!("1 {what} ({example})"),
                _ => format!("{files} {what} ({example}, …)"),
            });
            each.collect::<Vec<_>>().join("; ")
        };
        if !self.converted.is_empty() {
            lines.push(format!("converted: {}", list(&self.converted)));
        }
        if !self.ignored.is_empty() {
            lines.push(format!("not pictures: {}", list(&self.ignored)));
        }
        if let [Skipped { file, reason }, rest @ ..] = self.skipped.as_slice() {
            let more = if rest.is_empty() { "" } else { ", …" };
            lines.push(format!("skipped: {} ({file}: {reason}{more})", self.skipped.len()));
        }
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines
    }
}

fn count(counts: &mut BTreeMap<String, Count>, what: &str, file: &str) {
    let count = counts.entry(what.to_owned()).or_default();
    count.files += 1;
    if count.example.is_empty() {
        file.clone_into(&mut count.example);
    }
}
