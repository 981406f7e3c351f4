//! Averages of weights in one pass.

use burn::tensor::Tensor;

#[cfg(not(target_arch = "wasm32"))]
use crate::flex;
use crate::ordinary;

/// decay · average + (1 − decay) · value, of untracked tensors of one shape. Kernel and twin give the
/// same bits.
pub fn blend<const D: usize>(average: Tensor<D>, value: Tensor<D>, decay: f64) -> Tensor<D> {
    #[cfg(not(target_arch = "wasm32"))]
    if flex::runs_on(&average) && flex::runs_on(&value) {
        return flex::blend(average, value, decay);
    }
    ordinary::blend(average, value, decay)
}
