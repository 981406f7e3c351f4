//! Batch norm.

use burn::tensor::Tensor;

#[cfg(not(target_arch = "wasm32"))]
use crate::flex;
use crate::ordinary;

/// What [`batch_norm`] makes.
#[derive(Clone, Debug)]
pub struct BatchNormed {
    /// `[rows, columns]`
    pub output: Tensor<2>,
    /// Mean of each column of the input, `[columns]`; not tracked.
    pub mean: Tensor<1>,
    /// Its variance, that of the rows themselves, not of what they were drawn from; not tracked.
    pub variance: Tensor<1>,
}

/// Batch norm as it trains (Ioffe and Szegedy 2015, Algorithm 1): γ · (x − mean) / √(variance + ε) + β,
/// with the mean and the variance of each column of `x`, `[rows, columns]`; `gamma` and `beta` are
/// `[columns]`.
pub fn batch_norm(x: Tensor<2>, gamma: Tensor<1>, beta: Tensor<1>, epsilon: f64) -> BatchNormed {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&x) && flex::runs_on(&gamma) && flex::runs_on(&beta) {
        return flex::batch_norm(x, gamma, beta, epsilon);
    }
    ordinary::batch_norm(x, gamma, beta, epsilon)
}
