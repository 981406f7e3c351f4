//! The residual block, and the change of size between two stages.

use burn::module::Module;
use burn::tensor::Tensor;

use super::ResidualStages;
use crate::initial::InitialWeights;
use crate::layers::{Convolution, Pointwise, leaky_relu_slopes};

pub(super) const NEGATIVE_SLOPE: f64 = 0.2;

/// An inverted bottleneck around which its input is carried:
/// `[batch, width, h, w]` → `[batch, expansion · width, h, w]` → `[batch, width, h, w]`.
#[derive(Module, Debug)]
pub struct ResidualBlock {
    expand: Pointwise,
    grouped: Convolution,
    project: Pointwise,
}

/// Slopes of a block's two activations, which its input gradient needs.
pub(super) struct BlockSlopes {
    expanded: Tensor<4>,
    grouped: Tensor<4>,
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

    pub(super) fn forward(&self, x: Tensor<4>) -> (Tensor<4>, BlockSlopes) {
        let y = self.expand.forward(x.clone());
        let expanded = leaky_relu_slopes(&y, NEGATIVE_SLOPE);
        let y = self.grouped.forward(y * expanded.clone());
        let grouped = leaky_relu_slopes(&y, NEGATIVE_SLOPE);
        let y = self.project.forward(y * grouped.clone());
        (x + y, BlockSlopes { expanded, grouped })
    }

    pub(super) fn input_gradient(&self, gradient: Tensor<4>, slopes: BlockSlopes) -> Tensor<4> {
        let [_, _, height, width] = gradient.dims();
        let inner = self.project.input_gradient(gradient.clone()) * slopes.grouped;
        let inner = self.grouped.input_gradient(inner, [height, width]) * slopes.expanded;
        gradient + self.expand.input_gradient(inner)
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
