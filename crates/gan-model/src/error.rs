//! What can be wrong with configurations and files.

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

/// Weights that do not fit the network they are meant for.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The bytes are no safetensors file, or a truncated one.
    #[error("not a safetensors file, or cut short: {0}")]
    Format(#[from] safetensors::SafeTensorError),
    /// A tensor that the network needs is not there.
    #[error("the tensor `{0}` is missing")]
    Missing(String),
    /// A tensor has another shape than the network needs.
    #[error("the tensor `{name}` has shape {found:?}, the network needs {needed:?}")]
    Shape {
        /// Name of the tensor.
        name: String,
        /// Its shape in the file.
        found: Vec<usize>,
        /// The shape that the network has.
        needed: Vec<usize>,
    },
    /// A tensor is not made of 32-bit floats.
    #[error("the tensor `{name}` holds {dtype}, expected F32")]
    Dtype {
        /// Name of the tensor.
        name: String,
        /// What it holds.
        dtype: String,
    },
    /// A weight is NaN or infinite.
    #[error("the tensor `{0}` holds a number that is not finite")]
    NotFinite(String),
    /// The network has more or fewer parameters than the file holds.
    #[error("the file holds {found} parameters, its configuration asks for {needed}")]
    Count {
        /// Parameters in the file.
        found: usize,
        /// Parameters that the configuration asks for.
        needed: usize,
    },
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
