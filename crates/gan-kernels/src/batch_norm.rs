//! What batch norm computes.

use burn::tensor::Tensor;

/// What [`batch_norm`](crate::batch_norm) computes.
#[derive(Clone, Debug)]
pub struct BatchNormed {
    /// `[rows, columns]`
    pub output: Tensor<2>,
    /// Mean of each column of the input, `[columns]`; not tracked.
    pub mean: Tensor<1>,
    /// Variance of each column, biased (divided by the count); not tracked.
    pub variance: Tensor<1>,
}
