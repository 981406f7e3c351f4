//! One step of Adam in one pass.

use burn::tensor::Tensor;

#[cfg(not(target_arch = "wasm32"))]
use crate::flex;
use crate::ordinary;

/// The numbers of one step of Adam, with its bias corrections worked in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamNumbers {
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

/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − step_size · m / (√v + ε).
///
/// With β₁ = 0 the mean of gradients is the gradient, and `moment_1` comes back as it was.
///
/// On `flex` the moments are changed where they lie, unless something else holds them. Kernel and
/// twin give the same bits.
pub fn adam_step<const D: usize>(
    state: AdamState<D>,
    gradient: Tensor<D>,
    numbers: AdamNumbers,
) -> AdamState<D> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&state.parameter)
        && flex::runs_on(&gradient)
        && flex::runs_on(&state.moment_1)
        && flex::runs_on(&state.moment_2)
    {
        return flex::adam_step(state, gradient, numbers);
    }
    ordinary::adam_step(state, gradient, numbers)
}
