//! A page: text, tables, drawings and pictures in one HTML file that needs nothing else.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::LabError;

/// What a demonstration found.
#[derive(Clone, Debug)]
pub struct Page {
    /// Name of the demonstration.
    pub name: &'static str,
    /// Its title.
    pub title: String,
    /// What is shown and why it happens, a paragraph each.
    pub explanation: Vec<String>,
    /// What came out, in a sentence that follows from the numbers.
    pub verdict: String,
    /// Whether the cure reached its target.
    pub is_cured: bool,
    /// What was measured.
    pub sections: Vec<Section>,
    /// Commands that show the same with `gan`.
    pub commands: Vec<String>,
    /// Papers.
    pub sources: Vec<&'static str>,
    /// The command that made the page.
    pub made_by: String,
}

/// A part of a page.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// What to look at.
    pub text: String,
    /// Trouble and cure, side by side.
    pub sides: Vec<Side>,
    /// Drawings below them.
    pub panels: Vec<Panel>,
    /// Numbers.
    pub table: Option<Table>,
}

/// One training of those that are compared: pictures over time.
#[derive(Clone, Debug)]
pub struct Side {
    /// What was trained, and how.
    pub title: String,
    /// On which side of the comparison it stands.
    pub role: Role,
    /// The earliest first.
    pub panels: Vec<Panel>,
}

/// What a [`Side`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What goes wrong.
    Trouble,
    /// What is tried against it.
    Cure,
}

/// A picture with a caption.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Below the picture.
    pub caption: String,
    /// An SVG element, or an `img` element that holds a PNG file.
    pub html: String,
}

/// Rows of cells.
#[derive(Clone, Debug)]
pub struct Table {
    /// Above the columns.
    pub heads: Vec<String>,
    /// As many cells in each.
    pub rows: Vec<Vec<String>>,
}

#[derive(Template)]
#[template(path = "lab.html")]
struct Html<'a> {
    title: &'a str,
    pages: &'a [Page],
    version: &'static str,
}

impl Role {
    /// Its class on the page.
    fn class(self) -> &'static str {
        match self {
            Self::Trouble => "trouble",
            Self::Cure => "cure",
        }
    }

    /// Its colour in drawings.
    pub(crate) fn colour(self) -> &'static str {
        match self {
            Self::Trouble => "--a",
            Self::Cure => "--b",
        }
    }
}

impl Panel {
    /// A PNG file.
    pub(crate) fn png(caption: impl Into<String>, png: &[u8]) -> Self {
        let caption = caption.into();
        // Captions are this crate's own words: no character of them needs to be escaped.
        let html = format!(
            r#"<img alt="{caption}" src="data:image/png;base64,{}">"#,
            STANDARD.encode(png)
        );
        Self { caption, html }
    }

    /// A drawing.
    pub(crate) fn svg(caption: impl Into<String>, svg: String) -> Self {
        Self { caption: caption.into(), html: svg }
    }
}

impl Table {
    pub(crate) fn new<const N: usize>(heads: [&str; N]) -> Self {
        Self { heads: heads.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }
}

impl Page {
    /// The page as a file.
    ///
    /// # Errors
    /// If the template cannot be filled.
    pub fn html(&self) -> Result<String, LabError> {
        book(std::slice::from_ref(self))
    }
}

/// Several pages as one file, behind a table of what each found.
///
/// # Errors
/// If the template cannot be filled.
pub fn book(pages: &[Page]) -> Result<String, LabError> {
    let title = match pages {
        [page] => page.title.as_str(),
        _ => "What goes wrong with GANs",
    };
    Ok(Html { title, pages, version: env!("CARGO_PKG_VERSION") }.render()?)
}
