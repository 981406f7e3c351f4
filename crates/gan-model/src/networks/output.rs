//! What follows a generator's last layer.

use burn::tensor::Tensor;
use burn::tensor::activation::hard_sigmoid;
use gan_kernels::Activation as Fused;
use serde::{Deserialize, Serialize};

/// What follows a generator's last layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// σ(x): images in `[0, 1]`, which it never reaches.
    #[default]
    Sigmoid,
    /// x / 4 + 1/2, σ's tangent at 0, within `[0, 1]`: images whose black is 0 and whose white is 1.
    HardSigmoid,
    /// x: data of any range.
    Linear,
}

impl Output {
    /// What the last layer's kernel does itself; [`Output::rest`] does the others.
    pub(crate) fn fused(self) -> Fused {
        match self {
            Self::Sigmoid => Fused::Sigmoid,
            Self::HardSigmoid | Self::Linear => Fused::Identity,
        }
    }

    /// What is left to do once [`Output::fused`] was done.
    pub(crate) fn rest<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::HardSigmoid => hard_sigmoid(x, 0.25, 0.5),
            Self::Sigmoid | Self::Linear => x,
        }
    }
}
