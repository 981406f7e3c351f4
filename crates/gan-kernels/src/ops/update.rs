//! Updates of weights, each in one pass.

use burn::tensor::Tensor;

use crate::adam::{AdamCoefficients, AdamState};
use crate::{flex, reference};

/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − step_size · m / (√v + ε).
///
/// With β₁ = 0 the mean of gradients is the gradient, and `moment_1` comes back as it was.
///
/// On `flex` the moments are updated in place, unless something else holds them. Kernel and
/// reference give the same bits.
pub fn adam_step<const D: usize>(
    state: AdamState<D>,
    gradient: Tensor<D>,
    coefficients: AdamCoefficients,
) -> AdamState<D> {
    if flex::runs_on(&state.parameter)
        && flex::runs_on(&gradient)
        && flex::runs_on(&state.moment_1)
        && flex::runs_on(&state.moment_2)
    {
        return flex::adam_step(state, gradient, coefficients);
    }
    reference::adam_step(state, gradient, coefficients)
}

/// decay · average + (1 − decay) · value, of untracked tensors of one shape. Kernel and reference
/// give the same bits.
pub fn blend<const D: usize>(average: Tensor<D>, value: Tensor<D>, decay: f64) -> Tensor<D> {
    if flex::runs_on(&average) && flex::runs_on(&value) {
        return flex::blend(average, value, decay);
    }
    reference::blend(average, value, decay)
}
