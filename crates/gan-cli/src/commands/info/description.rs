//! What `gan info` says: a headline, and rows of a name and a value.

use std::path::Path;

/// Names of classes that are listed, at most.
const MAX_NAMES: usize = 100;

/// What there is to say: a headline, and rows of a name and a value.
pub(super) struct Description {
    headline: String,
    rows: Vec<(String, String)>,
}

impl Description {
    pub(super) fn new(headline: &str) -> Self {
        Self { headline: headline.to_owned(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, name: &str, value: impl std::fmt::Display) {
        self.rows.push((name.to_owned(), value.to_string()));
    }

    /// Where a picture comes from, in its own words.
    pub(super) fn origin(&mut self, text: Vec<(String, String)>) {
        if text.is_empty() {
            self.row("origin", "it does not say where it came from");
        }
        for (keyword, value) in text {
            self.row(&keyword, value);
        }
    }

    /// The names of classes, the first of many.
    pub(super) fn classes(&mut self, names: &[String]) {
        let listed =
            names.iter().take(MAX_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if names.len() > MAX_NAMES { ", …" } else { "" };
        self.row("classes", format!("{}: {listed}{more}", names.len()));
    }

    pub(super) fn text(&self, path: &Path) -> String {
        let rows = self.rows.iter().map(|(name, value)| format!("\n  {name:<18} {value}"));
        format!("{}: {}{}", path.display(), self.headline, rows.collect::<String>())
    }
}
