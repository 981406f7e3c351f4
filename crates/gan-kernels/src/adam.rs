//! What a step of Adam reads and writes.

use burn::tensor::Tensor;

/// The coefficients of one step of Adam (Kingma and Ba 2015), with its bias corrections worked in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamCoefficients {
    /// Decay of the mean of gradients.
    pub beta_1: f64,
    /// Decay of the mean of squared gradients.
    pub beta_2: f64,
    /// α √(1 − β₂ᵗ) / (1 − β₁ᵗ) at step t.
    pub step_size: f64,
    /// ε √(1 − β₂ᵗ) at step t.
    pub epsilon: f64,
}

/// A parameter and the running means of its gradient and squared gradient, all of one shape and
/// none of them tracked.
#[derive(Clone, Debug)]
pub struct AdamState<const D: usize> {
    /// What is trained.
    pub parameter: Tensor<D>,
    /// Mean of gradients.
    pub moment_1: Tensor<D>,
    /// Mean of squared gradients.
    pub moment_2: Tensor<D>,
}
