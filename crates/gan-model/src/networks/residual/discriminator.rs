//! The residual discriminator.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use super::ResidualStages;
use super::block::{ResidualBlock, pointwise};
use crate::conditioning::ClassEmbedding;
use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount};
use crate::layers::{Activation, Chain, Convolution, DiscriminatorChain, Pointwise, Resampling};
use crate::networks::traits::{Discriminate, InputGradient};

/// A residual discriminator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualDiscriminatorConfig {
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
    /// From the smallest feature maps to the image.
    pub stages: ResidualStages,
    /// Classes that it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
}

/// Made by [`ResidualDiscriminatorConfig`].
#[derive(Module, Debug)]
pub struct ResidualDiscriminator {
    patches: Convolution,
    /// From the largest feature maps to the smallest.
    stages: Vec<DiscriminatorStage>,
    /// `[widths[0], height, width]` of the smallest feature maps.
    basis: Param<Tensor<3>>,
    output: Linear,
    embedding: Option<ClassEmbedding>,
}

/// Half the size, except in the first stage; then blocks.
#[derive(Module, Debug)]
pub struct DiscriminatorStage {
    /// To the stage's width, where that is another one than before.
    widen: Option<Pointwise>,
    blocks: Vec<ResidualBlock>,
}

impl Discriminate for ResidualDiscriminator {
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        self.chain().forward(images, labels)
    }

    fn input_gradient(
        &self,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Option<InputGradient> {
        self.chain().input_gradient(images, labels)
    }
}

impl ResidualDiscriminator {
    fn chain(&self) -> DiscriminatorChain<'_> {
        let mut chain = Chain::of_images().convolution(&self.patches, Activation::Identity);
        for (i, stage) in self.stages.iter().enumerate() {
            if i > 0 {
                chain = chain.resample(Resampling::BilinearDown);
            }
            if let Some(widen) = &stage.widen {
                chain = chain.pointwise(widen, Activation::Identity);
            }
            chain = stage.blocks.iter().fold(chain, |chain, block| block.append(chain));
        }
        let logits = chain.weighted_sum(self.basis.val()).logits(&self.output);
        logits.projection(self.embedding.as_ref())
    }
}

impl ResidualDiscriminatorConfig {
    pub(crate) fn set_width(&mut self, width: usize) {
        self.stages.widths.fill(width);
    }

    pub(crate) fn check_shareable(&self) -> Result<(), ConfigError> {
        Ok(())
    }

    pub(crate) fn init(&self, rng: Rng, device: &Device) -> ResidualDiscriminator {
        let mut initial = InitialWeights::new(rng, Stream::DiscriminatorWeights, device);
        let ResidualStages { widths, blocks, patch, .. } = &self.stages;
        let [height, width] = self.stages.base(self.image_shape);
        let channels = self.image_shape[0];

        let mut before = widths[widths.len() - 1];
        let std = 1.0 / ((channels * patch * patch) as f64).sqrt();
        let patches = Convolution {
            weight: initial.normal([before, channels, *patch, *patch], 0.0, std),
            bias: Some(initial.constant([before], 0.0)),
            stride: *patch,
            padding: 0,
            groups: 1,
        };
        let mut stages = Vec::new();
        for &width in widths.iter().rev() {
            let widen = (width != before).then(|| pointwise(before, width, 1.0, &mut initial));
            let block = |_| ResidualBlock::init(width, &self.stages, &mut initial);
            stages.push(DiscriminatorStage { widen, blocks: (0..*blocks).map(block).collect() });
            before = width;
        }
        let std = 1.0 / ((height * width) as f64).sqrt();
        let basis = initial.normal([before, height, width], 0.0, std);
        let std = 1.0 / (before as f64).sqrt();
        let output = initial.linear(before, 1, std);
        let embedding = ClassEmbedding::init(self.classes, before, std, &mut initial);
        ResidualDiscriminator { patches, stages, basis, output, embedding }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        self.stages.check(self.image_shape)?;
        let mut count = ParameterCount::default();
        self.stages.count(self.image_shape, &mut count);
        let widths = &self.stages.widths;
        let (first, last) = (widths[0], widths[widths.len() - 1]);
        // Biases of the patches, then weights and bias of the last layer.
        count.tensor(&[last]);
        count.tensor(&[first]);
        count.tensor(&[1]);
        count.with_classes(self.classes, first, "stages.widths", widths)
    }
    /// All layers are linear, between piecewise linear activations.
    #[allow(clippy::unused_self)]
    pub(crate) fn check_input_gradient(&self) -> Result<(), ConfigError> {
        Ok(())
    }
}
