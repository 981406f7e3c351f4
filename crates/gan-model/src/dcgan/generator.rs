//! The generator of a DCGAN.

use burn::module::Module;
use burn::nn::{BatchNorm, BatchNormConfig, Linear};
use burn::tensor::{Device, Tensor};
use gan_kernels::{Activation, activate};
use serde::{Deserialize, Serialize};

use super::{DEVIATION, KERNEL, Pyramid, check_dense, checked_pyramid, dense, pyramid};
use crate::condition::{ClassEmbedding, join, joined_width};
use crate::initial::{InitialWeights, ParameterCount};
use crate::layers::{TransposedConvolution, channels_first, channels_last};
use crate::{Chance, ConfigError, Generate, LatentSpace, Stream};

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
    /// Width of a fully connected layer between the latents and the smallest feature maps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dense: Option<usize>,
    /// Classes that it draws on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
}

/// Made by [`DcganGeneratorConfig`].
#[derive(Module, Debug)]
pub struct DcganGenerator {
    embedding: Option<ClassEmbedding>,
    dense: Option<Linear>,
    project: Linear,
    /// One before each of `upsample`.
    norms: Vec<BatchNorm>,
    upsample: Vec<TransposedConvolution>,
    #[module(skip)]
    base: usize,
}

impl Generate for DcganGenerator {
    fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4> {
        let latents = join(latents, self.embedding.as_ref(), labels);
        let latents = dense(self.dense.as_ref(), latents, Activation::Relu);
        let projected = self.project.forward(latents);
        let ([batch, features], side) = (projected.dims(), self.base);
        let x = channels_last(projected.reshape([batch, features / (side * side), side, side]));
        let layers = self.norms.iter().zip(&self.upsample);
        let sums = layers.fold(x, |x, (norm, upsample)| {
            upsample.forward_channels_last(activate(normalise(norm, x), Activation::Relu))
        });
        channels_first(activate(sums, Activation::Sigmoid))
    }
}

/// Batch norm over all pixels of a channel, `[batch, h, w, channels]`.
fn normalise(norm: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
    let shape @ [.., channels] = x.dims();
    let pixels: Tensor<2> = x.reshape([-1, channels as isize]);
    norm.forward(pixels).reshape(shape)
}

impl DcganGeneratorConfig {
    pub(crate) fn init(&self, chance: Chance, device: &Device) -> DcganGenerator {
        let mut initial = InitialWeights::new(chance, Stream::GeneratorWeights, device);
        let Pyramid { base, widths } = pyramid(self.image_shape, self.width);
        let embedding = ClassEmbedding::init(self.classes, self.latents.dim, 1.0, &mut initial);
        let inputs = joined_width(self.latents.dim, self.classes);
        let dense = self.dense.map(|width| initial.linear(inputs, width, DEVIATION));
        let inputs = self.dense.unwrap_or(inputs);
        // Batch norm takes a bias away again, so the layers before it have none.
        let project = initial.normal([inputs, widths[0] * base * base], 0.0, DEVIATION);
        let mut norms = Vec::new();
        let mut upsample = Vec::new();
        for (i, &width) in widths.iter().enumerate() {
            norms.push(BatchNorm {
                gamma: initial.normal([width], 1.0, DEVIATION),
                // Burn's is made on first use; where that is in a frozen copy, the original never
                // sees a gradient.
                beta: initial.constant([width], 0.0),
                ..BatchNormConfig::new(width).init(device)
            });
            let next = widths.get(i + 1).copied();
            let outputs = next.unwrap_or(self.image_shape[0]);
            upsample.push(TransposedConvolution {
                weight: initial.normal([width, outputs, KERNEL, KERNEL], 0.0, DEVIATION),
                bias: next.is_none().then(|| initial.constant([outputs], 0.0)),
                stride: 2,
                padding: 1,
            });
        }
        DcganGenerator {
            embedding,
            dense,
            project: Linear { weight: project, bias: None },
            norms,
            upsample,
            base,
        }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        self.latents.check()?;
        let Pyramid { base, widths } = checked_pyramid(self.image_shape, self.width)?;
        check_dense(self.dense)?;
        let mut count = ParameterCount::default();
        let inputs = joined_width(self.latents.dim, self.classes);
        count.tensor(&[inputs + 1, self.dense.unwrap_or(0)]);
        count.tensor(&[self.dense.unwrap_or(inputs), widths[0], base, base]);
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
