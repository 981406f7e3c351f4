//! What can be wrong with sets of samples and with files of numbers.

use std::path::PathBuf;

/// A measurement that cannot be made, or a file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MetricError {
    /// The numbers handed over do not fill the matrix they are meant for.
    #[error("{found} numbers do not make {count} rows of {dim}: {needed} are needed")]
    Shape {
        /// Rows of the matrix.
        count: usize,
        /// Numbers in a row.
        dim: usize,
        /// Rows times numbers, or the largest `usize` where that overflows.
        needed: usize,
        /// Numbers handed over.
        found: usize,
    },
    /// A row holds NaN or infinity.
    #[error(
        "row {row} holds {value} in column {column}: every number must be finite (a network that \
         diverged makes such images, and a broken file does)"
    )]
    NotFinite {
        /// Which sample.
        row: usize,
        /// Which of its numbers.
        column: usize,
        /// What stands there.
        value: f64,
    },
    /// The two sets come from different extractors, or one of them is broken.
    #[error(
        "{what} has {found} dimensions, the reference has {needed}: both must come from one extractor"
    )]
    Dimensions {
        /// The set that does not fit.
        what: &'static str,
        /// Its dimensions.
        found: usize,
        /// Those of the reference.
        needed: usize,
    },
    /// A metric has no answer for so few samples.
    #[error("{metric} needs at least {needed} samples in each set, but {what} has {found}")]
    TooFewSamples {
        /// The metric that was asked for.
        metric: &'static str,
        /// The set that is too small.
        what: &'static str,
        /// The least that would do.
        needed: usize,
        /// The samples that there are.
        found: usize,
    },
    /// What is known of a set is not about the images that the features are of.
    #[error(
        "the {part} of {what} have {found} rows, its features {needed}: both must be of the same \
         images"
    )]
    Rows {
        /// What is known.
        part: &'static str,
        /// The set.
        what: &'static str,
        /// Rows of it.
        found: usize,
        /// Rows of its features.
        needed: usize,
    },
    /// Sets of different sizes: their numbers are not comparable.
    #[error(
        "{what} has {found} samples, the reference has {needed}: every metric depends on the number \
         of samples, so draw as many (or force the comparison and read it with care)"
    )]
    SizesDiffer {
        /// The set whose size differs.
        what: &'static str,
        /// Its samples.
        found: usize,
        /// Samples of the reference.
        needed: usize,
    },
    /// Something that the metric looks at is not there.
    #[error("this metric needs {0}")]
    Missing(&'static str),
    /// A setting that no metric can work with.
    #[error("{name} is {value}, but {rule}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it is.
        value: f64,
        /// What it may be.
        rule: &'static str,
    },
    /// A row of class probabilities is no distribution.
    #[error("row {row} of the class probabilities sums to {sum}, expected 1 and nothing below 0")]
    NotProbabilities {
        /// Which sample.
        row: usize,
        /// The sum of its numbers.
        sum: f64,
    },
    /// A class that cannot be.
    #[error("sample {row} is of class {class}, but there are only {classes} classes, from 0 on")]
    UnknownClass {
        /// Which sample.
        row: usize,
        /// Its class.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
    /// The samples show a class that the data never shows: the divergence would be infinite.
    #[error(
        "the samples show class {class}, which the data does not have: their divergence from the \
         data is infinite, so compare with other data"
    )]
    ClassNotInData {
        /// The class.
        class: usize,
    },
    /// A cell of the data-copying test has nothing to compare.
    #[error("cell {cell} holds no {what}: ask for fewer cells, or hand over more samples")]
    EmptyCell {
        /// Which cell.
        cell: usize,
        /// What it lacks.
        what: &'static str,
    },
    /// A matrix that is no covariance.
    #[error("the covariance is no covariance matrix: {0}")]
    Covariance(String),
    /// The decomposition did not end; only numbers near the limits of `f64` could do that.
    #[error("the singular values did not converge: are the features scaled sensibly?")]
    NotConverged,
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that is not what it should be.
    #[error("{path}: {problem}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what was expected.
        problem: String,
    },
}

impl MetricError {
    /// Refuses `found` samples in the set called `what` where `metric` needs `needed`.
    pub(crate) fn unless_enough(
        metric: &'static str,
        what: &'static str,
        found: usize,
        needed: usize,
    ) -> Result<(), Self> {
        if found < needed {
            return Err(Self::TooFewSamples { metric, what, needed, found });
        }
        Ok(())
    }

    /// Refuses sets whose rows differ in length.
    pub(crate) fn unless_same_dim(
        what: &'static str,
        found: usize,
        needed: usize,
    ) -> Result<(), Self> {
        if found != needed {
            return Err(Self::Dimensions { what, found, needed });
        }
        Ok(())
    }
}
