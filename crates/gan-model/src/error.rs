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
