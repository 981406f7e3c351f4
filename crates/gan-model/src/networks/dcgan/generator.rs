//! The generator of a DCGAN.

use std::fmt;
use std::sync::Arc;

use burn::module::{Module, Param};
use burn::nn::{BatchNorm, BatchNormConfig, Linear};
use burn::tensor::{Device, Tensor};
use gan_collective::Collective;
use gan_kernels::{Activation, activate, batch_norm, batch_norm_among, linear, shares_batch_norm};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use super::{
    KERNEL, Pyramid, STD, check_dense, checked_pyramid, count_dense, dense, dense_layers, pyramid,
};
use crate::conditioning::{ClassEmbedding, join, joined_width};
use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount};
use crate::latents::LatentSpace;
use crate::layers::{TransposedConvolution, channels_first};
use crate::networks::display::size;
use crate::networks::output::Output;
use crate::networks::traits::Generate;

/// The generator of a DCGAN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DcganGeneratorConfig {
    /// Where its latents come from.
    pub latents: LatentSpace,
    /// Shape of one image: `[channels, side, side]`, the side 4 or 7 times a power of two.
    pub image_shape: [usize; 3],
    /// Channels at half the size of the image; each halving before it has twice as many. The
    /// paper's, for 64 pixels, is 128.
    pub width: usize,
    /// Widths of fully connected layers between the latents and the smallest feature maps.
    #[serde(default)]
    pub dense: Vec<usize>,
    /// What follows its last layer.
    #[serde(default)]
    pub output: Output,
    /// Classes that it draws on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
}

/// Made by [`DcganGeneratorConfig`].
#[derive(Module, Debug)]
pub struct DcganGenerator {
    embedding: Option<ClassEmbedding>,
    dense: Vec<Linear>,
    /// `[inputs, side · side · channels]`, the channels of a pixel side by side. Batch norm takes a bias
    /// away again, so this layer and those of `upsample` before the last have none.
    project: Param<Tensor<2>>,
    /// One before each of `upsample`.
    norms: Vec<BatchNorm>,
    upsample: Vec<TransposedConvolution>,
    /// With whom batch norm's statistics are shared.
    #[module(skip)]
    ranks: Option<Arc<dyn Collective>>,
    #[module(skip)]
    base: usize,
    #[module(skip)]
    output: Output,
}

impl Generate for DcganGenerator {
    fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4> {
        let latents = join(latents, self.embedding.as_ref(), labels);
        let x = self.dense.iter().fold(latents, |x, layer| dense(layer, x, Activation::Relu));
        let weight = self.project.val();
        let ([batch, _], [_, features], side) = (x.dims(), weight.dims(), self.base);
        let no_bias = Tensor::zeros([features], &x.device());
        let projected = linear(x, weight, no_bias, Activation::Identity);
        let x = projected.reshape([batch, side, side, features / (side * side)]);
        let layers = self.norms.iter().zip(&self.upsample);
        let sums = layers.fold(x, |x, (norm, upsample)| {
            let x = normalise(norm, x, self.ranks.as_ref());
            upsample.forward_channels_last(activate(x, Activation::Relu))
        });
        channels_first(self.output.rest(activate(sums, self.output.fused())))
    }

    fn share_statistics(&mut self, ranks: &Arc<dyn Collective>) {
        self.ranks = Some(ranks.clone());
    }
}

/// Batch norm over all pixels of a channel, `[batch, h, w, channels]`. As Burn's own, it goes by the batch
/// and keeps its statistics where it trains, and goes by what it kept elsewhere.
fn normalise(norm: &BatchNorm, x: Tensor<4>, ranks: Option<&Arc<dyn Collective>>) -> Tensor<4> {
    let shape @ [.., channels] = x.dims();
    let pixels: Tensor<2> = x.reshape([-1, channels as isize]);
    if !(pixels.device().is_autodiff() && norm.training.is_enabled()) {
        return norm.forward(pixels).reshape(shape);
    }
    let (gamma, beta) = (norm.gamma.val(), norm.beta.val());
    let made = match ranks {
        None => batch_norm(pixels, gamma, beta, norm.epsilon),
        Some(ranks) => batch_norm_among(pixels, gamma, beta, norm.epsilon, ranks)
            .expect("`GeneratorConfig::check_shareable` has looked at the device"),
    };
    for (kept, new) in [(&norm.running_mean, made.mean), (&norm.running_var, made.variance)] {
        let old = kept.value_sync().mul_scalar(1.0 - norm.momentum);
        kept.update((old + new.mul_scalar(norm.momentum)).detach());
        // Burn keeps an update aside until the same thread asks, but the next step may run on another.
        kept.value_sync();
    }
    made.output.reshape(shape)
}

impl DcganGeneratorConfig {
    pub(crate) fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    pub(crate) fn check_shareable(&self, device: &Device) -> Result<(), ConfigError> {
        match shares_batch_norm(device) {
            true => Ok(()),
            false => Err(ConfigError::new(
                "generator.network",
                "dcgan",
                "its batch norm takes statistics of the whole batch, which processes share on the backend \
                 flex only: --backend flex, or a network without batch norm, such as that of r3-small",
            )),
        }
    }

    pub(crate) fn init(&self, rng: Rng, device: &Device) -> DcganGenerator {
        let mut initial = InitialWeights::new(rng, Stream::GeneratorWeights, device);
        let Pyramid { base, widths } = pyramid(self.image_shape, self.width);
        let embedding = ClassEmbedding::init(self.classes, self.latents.dim, 1.0, &mut initial);
        let inputs = joined_width(self.latents.dim, self.classes);
        let dense = dense_layers(inputs, &self.dense, &mut initial);
        let inputs = self.dense.last().copied().unwrap_or(inputs);
        let project = initial.normal([inputs, widths[0] * base * base], 0.0, STD);
        let mut norms = Vec::new();
        let mut upsample = Vec::new();
        for (i, &width) in widths.iter().enumerate() {
            norms.push(BatchNorm {
                gamma: initial.normal([width], 1.0, STD),
                // Burn's is made on first use; where that is in a frozen copy, the original never
                // sees a gradient.
                beta: initial.constant([width], 0.0),
                ..BatchNormConfig::new(width).init(device)
            });
            let next = widths.get(i + 1).copied();
            let outputs = next.unwrap_or(self.image_shape[0]);
            upsample.push(TransposedConvolution {
                weight: initial.normal([width, outputs, KERNEL, KERNEL], 0.0, STD),
                bias: next.is_none().then(|| initial.constant([outputs], 0.0)),
                stride: 2,
                padding: 1,
            });
        }
        let output = self.output;
        DcganGenerator { embedding, dense, project, norms, upsample, ranks: None, base, output }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        self.latents.check()?;
        let Pyramid { base, widths } = checked_pyramid(self.image_shape, self.width)?;
        check_dense(&self.dense)?;
        let mut count = ParameterCount::default();
        let inputs = joined_width(self.latents.dim, self.classes);
        let inputs = count_dense(inputs, &self.dense, &mut count);
        count.tensor(&[inputs, widths[0], base, base]);
        for (i, &width) in widths.iter().enumerate() {
            // Batch norm's scale and shift, running mean and running variance.
            count.tensor(&[4, width]);
            let outputs = widths.get(i + 1).copied().unwrap_or(self.image_shape[0]);
            count.tensor(&[width, outputs, KERNEL, KERNEL]);
        }
        count.tensor(&[self.image_shape[0]]);
        count.with_classes(self.classes, self.latents.dim, "width", self.width)
    }
}

impl fmt::Display for DcganGeneratorConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dcgan {} → … → {} → {}", self.latents.dim, self.width, size(self.image_shape))
    }
}
