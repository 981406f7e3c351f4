//! What extractors give.

use burn::tensor::Tensor;

/// What an extractor says about a batch of images.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// `[batch, feature_dim]`.
    pub features: Tensor<2>,
    /// `[batch, classes]`, before softmax, where the extractor is a classifier.
    pub logits: Option<Tensor<2>>,
}
