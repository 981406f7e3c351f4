//! What can be wrong with a file of weights.

/// Weights that do not fit the network they are meant for.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The bytes are no safetensors file, or a truncated one.
    #[error("not a safetensors file, or cut short: {0}")]
    Format(#[from] safetensors::SafeTensorError),
    /// The file is none that `torch.save` writes.
    #[error("not a PyTorch file of weights: {0}")]
    Pytorch(String),
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
    /// A tensor holds numbers that its network has no use for.
    #[error("the tensor `{name}` {problem}")]
    Unfit {
        /// Name of the tensor.
        name: String,
        /// What it holds.
        problem: &'static str,
    },
    /// The bytes of a tensor cannot be read.
    #[error("the tensor `{name}` is cut short: {reason}")]
    CutShort {
        /// Name of the tensor.
        name: String,
        /// Why.
        reason: String,
    },
    /// The network has more or fewer parameters than the file holds.
    #[error("the file holds {found} parameters, its configuration asks for {needed}")]
    Count {
        /// Parameters in the file.
        found: usize,
        /// Parameters that the configuration asks for.
        needed: usize,
    },
}
