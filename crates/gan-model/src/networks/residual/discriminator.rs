//! The residual discriminator, and its input gradient: the same layers backwards.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use gan_kernels::Activation;
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use super::ResidualStages;
use super::block::{BlockFeatures, ResidualBlock, pointwise};
use crate::conditioning::{ClassEmbedding, project, project_input_gradient};
use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount};
use crate::layers::{
    Convolution, Pointwise, Resampling, centre, centre_input_gradient, channels_first,
    channels_last, resample,
};
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
        let Features { last, .. } = self.features(images);
        project(self.output.forward(last.clone()), last, self.embedding.as_ref(), labels)
    }

    fn input_gradient(
        &self,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Option<InputGradient> {
        let [_, _, height, width] = images.dims();
        let Features { last, of_blocks } = self.features(images);
        let [batch, features] = last.dims();
        let embedding = self.embedding.as_ref();

        let g = project_input_gradient(batch, self.output.weight.val(), embedding, labels.clone());
        let mut g =
            g.reshape([batch, 1, 1, features]) * channels_last(self.basis.val().unsqueeze());
        let identity = Activation::Identity;
        for (i, (stage, of_blocks)) in self.stages.iter().zip(of_blocks).enumerate().rev() {
            for (block, features) in stage.blocks.iter().zip(of_blocks).rev() {
                g = block.input_gradient(g, features);
            }
            if let Some(widen) = &stage.widen {
                g = widen.input_gradient_channels_last(g.clone(), g, identity);
            }
            if i > 0 {
                g = channels_last(Resampling::BilinearDown.input_gradient(channels_first(g)));
            }
        }
        let size = [height, width];
        let g = self.patches.input_gradient_channels_last(g.clone(), g, size, identity);
        let gradient = centre_input_gradient(channels_first(g));
        let logits = project(self.output.forward(last.clone()), last, embedding, labels);
        Some(InputGradient { logits, gradient })
    }
}

/// What the layers before the last made of some images.
struct Features {
    /// `[batch, widths[0]]`.
    last: Tensor<2>,
    /// Of the blocks of each stage.
    of_blocks: Vec<Vec<BlockFeatures>>,
}

impl ResidualDiscriminator {
    fn features(&self, images: Tensor<4>) -> Features {
        let identity = Activation::Identity;
        let images = channels_last(centre(images));
        let mut x = self.patches.forward_channels_last(images, identity);
        let mut of_blocks = Vec::new();
        for (i, stage) in self.stages.iter().enumerate() {
            if i > 0 {
                x = channels_last(resample(channels_first(x), Resampling::BilinearDown));
            }
            if let Some(widen) = &stage.widen {
                x = widen.forward_channels_last(x, identity);
            }
            let mut of_stage = Vec::new();
            for block in &stage.blocks {
                let (y, features) = block.forward(x);
                x = y;
                of_stage.push(features);
            }
            of_blocks.push(of_stage);
        }
        let weighted = (x * channels_last(self.basis.val().unsqueeze())).flatten::<3>(1, 2);
        Features { last: weighted.sum_dim(1).squeeze_dim(1), of_blocks }
    }
}

impl ResidualDiscriminatorConfig {
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
