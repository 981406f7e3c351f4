//! The residual generator.

use std::fmt;

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use gan_kernels::{Activation, activate};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use super::ResidualStages;
use super::block::{ResidualBlock, pointwise};
use crate::conditioning::{ClassEmbedding, join, joined_width};
use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount};
use crate::latents::LatentSpace;
use crate::layers::{
    Pointwise, Resampling, TransposedConvolution, channels_first, channels_last, resample,
};
use crate::networks::display::{arrows, size};
use crate::networks::output::Output;
use crate::networks::traits::Generate;

/// A residual generator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualGeneratorConfig {
    /// Where its latents come from.
    pub latents: LatentSpace,
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
    /// From the smallest feature maps to the image.
    pub stages: ResidualStages,
    /// What follows its last layer.
    #[serde(default)]
    pub output: Output,
    /// Classes that it draws on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
}

/// Made by [`ResidualGeneratorConfig`].
#[derive(Module, Debug)]
pub struct ResidualGenerator {
    embedding: Option<ClassEmbedding>,
    /// `[joined latent, widths[0]]`.
    modulate: Param<Tensor<2>>,
    /// `[widths[0], height, width]` of the smallest feature maps.
    basis: Param<Tensor<3>>,
    stages: Vec<GeneratorStage>,
    image: TransposedConvolution,
    #[module(skip)]
    output: Output,
}

/// Twice the size, except in the first stage; then blocks.
#[derive(Module, Debug)]
pub struct GeneratorStage {
    /// To the stage's width, where that is another one than before.
    widen: Option<Pointwise>,
    blocks: Vec<ResidualBlock>,
}

impl Generate for ResidualGenerator {
    fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4> {
        let scales = join(latents, self.embedding.as_ref(), labels).matmul(self.modulate.val());
        let [batch, width] = scales.dims();
        let basis = channels_last(self.basis.val().unsqueeze());
        let mut x = scales.reshape([batch, 1, 1, width]) * basis;
        for (i, stage) in self.stages.iter().enumerate() {
            if let Some(widen) = &stage.widen {
                x = widen.forward_channels_last(x, Activation::Identity);
            }
            if i > 0 {
                x = channels_last(resample(channels_first(x), Resampling::BilinearUp));
            }
            x = stage.blocks.iter().fold(x, |x, block| block.forward(x));
        }
        let sums = self.image.forward_channels_last(x);
        channels_first(self.output.rest(activate(sums, self.output.fused())))
    }
}

impl ResidualGeneratorConfig {
    pub(crate) fn set_width(&mut self, width: usize) {
        self.stages.widths.fill(width);
    }

    pub(crate) fn check_shareable(&self, _: &Device) -> Result<(), ConfigError> {
        Ok(())
    }

    pub(crate) fn init(&self, rng: Rng, device: &Device) -> ResidualGenerator {
        let mut initial = InitialWeights::new(rng, Stream::GeneratorWeights, device);
        let ResidualStages { widths, blocks, patch, .. } = &self.stages;
        let [height, width] = self.stages.base(self.image_shape);
        let inputs = joined_width(self.latents.dim, self.classes);

        let embedding = ClassEmbedding::init(self.classes, self.latents.dim, 1.0, &mut initial);
        let modulate = initial.normal([inputs, widths[0]], 0.0, 1.0 / (inputs as f64).sqrt());
        let basis = initial.normal([widths[0], height, width], 0.0, 1.0);
        let mut before = widths[0];
        let mut stages = Vec::new();
        for &width in widths {
            let widen = (width != before).then(|| pointwise(before, width, 1.0, &mut initial));
            let block = |_| ResidualBlock::init(width, &self.stages, &mut initial);
            stages.push(GeneratorStage { widen, blocks: (0..*blocks).map(block).collect() });
            before = width;
        }
        let (channels, std) = (self.image_shape[0], 1.0 / (before as f64).sqrt());
        let image = TransposedConvolution {
            weight: initial.normal([before, channels, *patch, *patch], 0.0, std),
            bias: Some(initial.constant([channels], 0.0)),
            stride: *patch,
            padding: 0,
        };
        ResidualGenerator { embedding, modulate, basis, stages, image, output: self.output }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        self.latents.check()?;
        self.stages.check(self.image_shape)?;
        let mut count = ParameterCount::default();
        let inputs = joined_width(self.latents.dim, self.classes);
        count.tensor(&[inputs, self.stages.widths[0]]);
        self.stages.count(self.image_shape, &mut count);
        count.tensor(&[self.image_shape[0]]);
        count.with_classes(self.classes, self.latents.dim, "stages.widths", &self.stages.widths)
    }
}

impl fmt::Display for ResidualGeneratorConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = arrows(&self.stages.widths);
        write!(f, "residual {} → {widths} → {}", self.latents.dim, size(self.image_shape))
    }
}
