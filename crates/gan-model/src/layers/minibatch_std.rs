//! Minibatch standard deviation (Karras et al. 2018, "Progressive Growing of GANs", section 3): the
//! discriminator sees how much the images of a batch differ, so that a collapsed batch gives itself
//! away.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use crate::error::ConfigError;
use crate::initial::InitialWeights;

/// The weight of the batch's standard deviation. The paper appends the deviation to the features of
/// the last layers as one more map; before the one linear layer here, that adds weight × std to every
/// logit.
#[derive(Module, Debug)]
pub struct MinibatchStd {
    /// `[1, 1]`.
    pub weight: Param<Tensor<2>>,
}

impl MinibatchStd {
    pub(crate) fn init(weight_std: f64, initial: &mut InitialWeights<'_>) -> Self {
        Self { weight: initial.normal([1, 1], 0.0, weight_std) }
    }

    /// `logits`, `[batch, 1]`, with weight × std added.
    pub(crate) fn add(this: Option<&Self>, logits: Tensor<2>, features: &Tensor<2>) -> Tensor<2> {
        match this {
            Some(this) => logits + this.weight.val() * mean_std(features.clone()),
            None => logits,
        }
    }

    /// Refuses batches that processes share where the configuration's `minibatch_std` is `on`.
    pub(crate) fn check_shareable(on: bool) -> Result<(), ConfigError> {
        match on {
            false => Ok(()),
            true => Err(ConfigError::new(
                "discriminator.minibatch_std",
                true,
                "it compares the images of a whole batch, of which each process sees a part: omit it, or \
                 train in one process",
            )),
        }
    }

    /// Refuses an input gradient where the configuration's `minibatch_std` is `on`.
    pub(crate) fn check_input_gradient(on: bool) -> Result<(), ConfigError> {
        match on {
            false => Ok(()),
            true => Err(ConfigError::new(
                "discriminator.minibatch_std",
                true,
                "each logit then depends on the whole batch and has no gradient in one image alone, \
                 which gradient penalties need: omit it or the penalties",
            )),
        }
    }
}

/// The standard deviation of each feature over the batch, and of these the mean, `[1, 1]`, from
/// features `[batch, width]`.
pub fn mean_std(features: Tensor<2>) -> Tensor<2> {
    let mean = features.clone().mean_dim(0);
    let variance = (features - mean).square().mean_dim(0);
    // The slope of a root is infinite at 0, where a batch of equal images lies.
    (variance + 1e-8).sqrt().mean_dim(1)
}
