//! The residual block, and the change of size between two stages.

use burn::module::Module;
use burn::tensor::Tensor;

use super::ResidualStages;
use crate::initial::InitialWeights;
use crate::layers::{Activation, Chain, Convolution, Pointwise};

const NEGATIVE_SLOPE: f64 = 0.2;
const LEAKY: Activation = Activation::LeakyRelu(NEGATIVE_SLOPE as f32);

/// An inverted bottleneck around which its input is carried:
/// `[batch, h, w, width]` → `[batch, h, w, expansion · width]` → `[batch, h, w, width]`.
#[derive(Module, Debug)]
pub struct ResidualBlock {
    expand: Pointwise,
    grouped: Convolution,
    project: Pointwise,
}

impl ResidualBlock {
    pub(super) fn init(
        width: usize,
        stages: &ResidualStages,
        initial: &mut InitialWeights<'_>,
    ) -> Self {
        let inner = width * stages.expansion;
        // Fix-up with three layers in a branch: what feeds an activation is scaled by
        // depth^(-1 / (2 · 3 − 2)), and the last layer starts at zero.
        let gain = (2.0 / (1.0 + NEGATIVE_SLOPE * NEGATIVE_SLOPE)).sqrt();
        let scale = gain * (stages.depth() as f64).powf(-0.25);
        let fan_in = stages.group_width * 9;
        let grouped = [inner, stages.group_width, 3, 3];
        Self {
            expand: Pointwise {
                bias: Some(initial.constant([inner], 0.0)),
                ..pointwise(width, inner, scale, initial)
            },
            grouped: Convolution {
                weight: initial.normal(grouped, 0.0, scale / (fan_in as f64).sqrt()),
                bias: Some(initial.constant([inner], 0.0)),
                stride: 1,
                padding: 1,
                groups: inner / stages.group_width,
            },
            project: Pointwise { weight: initial.constant([width, inner], 0.0), bias: None },
        }
    }

    /// `[batch, h, w, width]` to the same.
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = self.expand.forward_channels_last(x.clone(), LEAKY);
        let y = self.grouped.forward_channels_last(y, LEAKY);
        x + self.project.forward_channels_last(y, Activation::Identity)
    }

    /// The block as the next layer of a discriminator.
    pub(super) fn append<'a>(&'a self, chain: Chain<'a>) -> Chain<'a> {
        chain.residual(|branch| {
            let branch = branch.pointwise(&self.expand, LEAKY).convolution(&self.grouped, LEAKY);
            branch.pointwise(&self.project, Activation::Identity)
        })
    }
}

/// A 1 × 1 convolution without bias, its outputs `gain` times as large as its inputs on average.
pub(super) fn pointwise(
    inputs: usize,
    outputs: usize,
    gain: f64,
    initial: &mut InitialWeights<'_>,
) -> Pointwise {
    let weight = initial.normal([outputs, inputs], 0.0, gain / (inputs as f64).sqrt());
    Pointwise { weight, bias: None }
}
