//! What `gan info` says: a headline, and rows of a name and a value.

use std::path::Path;

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

    pub(super) fn text(&self, path: &Path) -> String {
        let rows = self.rows.iter().map(|(name, value)| format!("\n  {name:<16} {value}"));
        format!("{}: {}{}", path.display(), self.headline, rows.collect::<String>())
    }
}
