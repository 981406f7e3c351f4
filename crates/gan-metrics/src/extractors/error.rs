//! What can be wrong with an extractor.

use std::path::{Path, PathBuf};

use gan_weights::WeightsError;

/// An extractor that cannot be loaded, trained or used: names the file or the images, and the rule.
#[derive(Debug, thiserror::Error)]
pub enum ExtractorError {
    /// A file of weights cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what was asked for.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A file of weights that do not fit the network.
    #[error("{file}: {source}")]
    Weights {
        /// The file.
        file: String,
        /// What does not fit.
        source: WeightsError,
    },
    /// Images that the extractor does not take.
    #[error("{extractor} takes images of {needed}, not of {} × {} × {} (channels, height, width)", found[0], found[1], found[2])]
    Images {
        /// Name of the extractor.
        extractor: String,
        /// What it takes.
        needed: String,
        /// Shape of one image: `[channels, height, width]`.
        found: [usize; 3],
    },
    /// Data that no classifier can be trained on.
    #[error("{0}")]
    Training(String),
}

impl ExtractorError {
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn weights(file: &str, source: WeightsError) -> Self {
        Self::Weights { file: file.to_owned(), source }
    }

    pub(crate) fn file(file: &str, problem: impl Into<String>) -> Self {
        Self::File { file: file.to_owned(), problem: problem.into() }
    }
}
