//! What can be wrong with configurations and files.

use gan_weights::WeightsError;

/// A configuration that no network or run can be built from: names the field and the rule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field} is {value}, but {rule}")]
pub struct ConfigError {
    /// The field, as it is called in the configuration file.
    pub field: String,
    /// What it holds.
    pub value: String,
    /// What it may hold.
    pub rule: String,
}

impl ConfigError {
    /// `field` holds `value`, against `rule`.
    pub fn new(
        field: impl Into<String>,
        value: impl std::fmt::Debug,
        rule: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), value: format!("{value:?}"), rule: rule.into() }
    }
}

/// A file that is no snapshot of a generator, or a damaged one.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// Its tensors are damaged or do not fit its configuration.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// It is a safetensors file, but none that this crate wrote.
    #[error("a safetensors file, but not a snapshot: it has no `{0}` entry in its metadata")]
    NoInfo(&'static str),
    /// Its description cannot be understood.
    #[error("the description of the generator inside cannot be read: {0}")]
    Info(#[from] serde_json::Error),
    /// It was written by a newer version.
    #[error("format {found}, but this version reads up to format {known}: please update")]
    Newer {
        /// The file's format number.
        found: u32,
        /// The newest known format number.
        known: u32,
    },
    /// Its description asks for an impossible network.
    #[error("the description of the generator inside is impossible: {0}")]
    Config(#[from] ConfigError),
}

/// Images that a generator cannot draw.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SampleError {
    /// Nothing is asked for.
    #[error("no seeds are given, but an image takes one")]
    NoSeeds,
    /// Latents cannot be multiplied with it.
    #[error("the truncation is {0}, but it must be a finite number such as 0.7")]
    Truncation(f32),
    /// Classes of a generator that knows none.
    #[error("classes are given, but this generator is not class-conditional")]
    Unconditional,
    /// A class beyond the generator's last.
    #[error("class {class} is asked for, but this generator knows classes 0 to {}", classes - 1)]
    Class {
        /// The class.
        class: usize,
        /// Classes of the generator.
        classes: usize,
    },
    /// Not one class for each seed.
    #[error("{classes} classes are given for {seeds} seeds, but each seed takes one")]
    ClassCount {
        /// Seeds given.
        seeds: usize,
        /// Classes given.
        classes: usize,
    },
}
