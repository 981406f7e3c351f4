//! DCGAN (Radford, Metz & Chintala 2016, "Unsupervised Representation Learning with Deep
//! Convolutional Generative Adversarial Networks", figure 1), for images of 28, 32, 64, … pixels.
//!
//! ```text
//! generator (32 pixels)                            discriminator (32 pixels)
//! latents            [batch, latent_dim]           images               [batch, c, 32, 32]
//! project, reshape   [batch, 4 · width, 4, 4]      convolution, leaky   [batch, width, 16, 16]
//! transposed         [batch, 2 · width, 8, 8]      convolution, leaky   [batch, 2 · width, 8, 8]
//! transposed         [batch, width, 16, 16]        convolution, leaky   [batch, 4 · width, 4, 4]
//! transposed         [batch, c, 32, 32]            flatten, linear      [batch, 1]
//! ```
//!
//! The generator has batch norm and ReLU after each layer but the last, which ends in a sigmoid
//! where the paper has tanh: images here are in `[0, 1]`. The kernels are 4 × 4, not 5 × 5, as in
//! PyTorch's version of it, so that sizes double exactly.
//!
//! The discriminator has no batch norm, unlike the paper's: batch norm makes each logit a function
//! of the whole batch, so that there is no gradient of one image's logit in that image alone, which
//! is what gradient penalties are about (Gulrajani et al. 2017, section 4).
//!
//! Images of 28 pixels are halved twice only: a logit would be a sum of what is seen in places of 10 × 10
//! pixels, and nobody would judge the whole. A fully connected layer at the smallest feature maps of both
//! networks does, as in InfoGAN's for MNIST (Chen et al. 2016, appendix C.1).

use burn::module::Module;
use burn::nn::{BatchNorm, BatchNormConfig, Linear};
use burn::tensor::{Device, Tensor};
use gan_kernels::{Activation, activate, linear, linear_input_gradient};
use serde::{Deserialize, Serialize};

use crate::condition::{ClassEmbedding, join, joined_width, project, project_input_gradient};
use crate::initial::{InitialWeights, ParameterCount, check_image_shape};
use crate::layers::{
    Convolution, TransposedConvolution, centre, centre_input_gradient, channels_first,
    channels_last,
};
use crate::minibatch::MinibatchDeviation;
use crate::network::is_off;
use crate::{
    Chance, ConfigError, DifferentiateInput, Discriminate, Generate, InputGradient, LatentSpace,
    Stream,
};

/// Standard deviation of all initial weights; batch norm's scales lie as far around 1.
const DEVIATION: f64 = 0.02;
/// What follows every layer of the discriminator but the last.
const LEAKY: Activation = Activation::LeakyRelu(0.2);
const KERNEL: usize = 4;

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

/// The discriminator of a DCGAN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DcganDiscriminatorConfig {
    /// Shape of one image: `[channels, side, side]`, the side 4 or 7 times a power of two.
    pub image_shape: [usize; 3],
    /// Channels at half the size of the image; each further halving has twice as many.
    pub width: usize,
    /// Width of a fully connected layer between the smallest feature maps and the logit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dense: Option<usize>,
    /// Classes that it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// Whether it sees how much the images of a batch differ, see [`mean_deviation`]. There is then no
    /// gradient of one logit in one image, and no penalty on it.
    ///
    /// [`mean_deviation`]: crate::mean_deviation
    #[serde(default, skip_serializing_if = "is_off")]
    pub minibatch_deviation: bool,
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

/// Made by [`DcganDiscriminatorConfig`].
#[derive(Module, Debug)]
pub struct DcganDiscriminator {
    downsample: Vec<Convolution>,
    dense: Option<Linear>,
    output: Linear,
    embedding: Option<ClassEmbedding>,
    minibatch: Option<MinibatchDeviation>,
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

/// What `layer` makes of `x`, if there is one.
fn dense(layer: Option<&Linear>, x: Tensor<2>, activation: Activation) -> Tensor<2> {
    let Some(Linear { weight, bias: Some(bias) }) = layer else { return x };
    linear(x, weight.val(), bias.val(), activation)
}

/// Batch norm over all pixels of a channel, `[batch, h, w, channels]`.
fn normalise(norm: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
    let shape @ [.., channels] = x.dims();
    let pixels: Tensor<2> = x.reshape([-1, channels as isize]);
    norm.forward(pixels).reshape(shape)
}

impl Discriminate for DcganDiscriminator {
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        let features = self.steps(images).last;
        let logits = self.output.forward(features.clone());
        let logits = MinibatchDeviation::add(self.minibatch.as_ref(), logits, &features);
        project(logits, features, self.embedding.as_ref(), labels)
    }
}

impl DifferentiateInput for DcganDiscriminator {
    fn input_gradient(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> InputGradient {
        let Steps { outputs, shape, last } = self.steps(images);
        let [batch, _, mut height, mut width] = shape;
        let embedding = self.embedding.as_ref();
        let gradient =
            project_input_gradient(batch, self.output.weight.val(), embedding, labels.clone());
        let gradient = match &self.dense {
            Some(layer) => linear_input_gradient(gradient, last.clone(), layer.weight.val(), LEAKY),
            None => gradient,
        };
        let mut gradient = channels_last(gradient.reshape(shape));
        for (layer, output) in self.downsample.iter().zip(outputs).rev() {
            (height, width) = (2 * height, 2 * width);
            let size = [height, width];
            gradient = layer.input_gradient_channels_last(gradient, output, size, LEAKY);
        }
        let logits = project(self.output.forward(last.clone()), last, embedding, labels);
        InputGradient { logits, gradient: centre_input_gradient(channels_first(gradient)) }
    }
}

/// What the discriminator's layers made of some images.
struct Steps {
    /// Of every convolution, `[batch, h, w, channels]`.
    outputs: Vec<Tensor<4>>,
    /// Of the last of them, `[batch, channels, base, base]`.
    shape: [usize; 4],
    /// Before the logit, `[batch, features]`.
    last: Tensor<2>,
}

impl DcganDiscriminator {
    fn steps(&self, images: Tensor<4>) -> Steps {
        let (mut x, mut outputs) = (channels_last(centre(images)), Vec::new());
        for layer in &self.downsample {
            x = layer.forward_channels_last(x, LEAKY);
            outputs.push(x.clone());
        }
        let x = channels_first(x);
        let shape = x.dims();
        Steps { outputs, shape, last: dense(self.dense.as_ref(), x.flatten(1, 3), LEAKY) }
    }
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

impl DcganDiscriminatorConfig {
    pub(crate) fn init(&self, chance: Chance, device: &Device) -> DcganDiscriminator {
        let mut initial = InitialWeights::new(chance, Stream::DiscriminatorWeights, device);
        let Pyramid { base, widths } = pyramid(self.image_shape, self.width);
        let mut inputs = self.image_shape[0];
        let mut downsample = Vec::new();
        for &outputs in widths.iter().rev() {
            downsample.push(Convolution {
                weight: initial.normal([outputs, inputs, KERNEL, KERNEL], 0.0, DEVIATION),
                bias: Some(initial.constant([outputs], 0.0)),
                stride: 2,
                padding: 1,
                groups: 1,
            });
            inputs = outputs;
        }
        let features = widths[0] * base * base;
        let dense = self.dense.map(|width| initial.linear(features, width, DEVIATION));
        let features = self.dense.unwrap_or(features);
        DcganDiscriminator {
            downsample,
            dense,
            output: initial.linear(features, 1, DEVIATION),
            embedding: ClassEmbedding::init(self.classes, features, DEVIATION, &mut initial),
            minibatch: self
                .minibatch_deviation
                .then(|| MinibatchDeviation::init(DEVIATION, &mut initial)),
        }
    }

    pub(crate) fn parameter_count(&self) -> Result<usize, ConfigError> {
        let Pyramid { base, widths } = checked_pyramid(self.image_shape, self.width)?;
        let mut count = ParameterCount::default();
        let mut inputs = self.image_shape[0];
        for &outputs in widths.iter().rev() {
            count.tensor(&[outputs, inputs, KERNEL, KERNEL]);
            count.tensor(&[outputs]);
            inputs = outputs;
        }
        check_dense(self.dense)?;
        let features = widths[0].saturating_mul(base * base);
        count.tensor(&[features.saturating_add(1), self.dense.unwrap_or(0)]);
        let features = self.dense.unwrap_or(features);
        count.tensor(&[features]);
        count.tensor(&[1 + usize::from(self.minibatch_deviation)]);
        count.with_classes(self.classes, features, "width", self.width)
    }
}

/// Sizes and channels of both networks.
struct Pyramid {
    /// Side of the smallest feature maps: 4 or 7.
    base: usize,
    /// Channels from the smallest maps to those of half the image's size.
    widths: Vec<usize>,
}

fn checked_pyramid(image_shape: [usize; 3], width: usize) -> Result<Pyramid, ConfigError> {
    check_image_shape(image_shape)?;
    let [_, height, side] = image_shape;
    if height != side || halvings(side).is_none() {
        let rule = "a DCGAN needs square images, 4 or 7 times a power of two high: 28, 32, 64, …";
        return Err(ConfigError::new("image_shape", image_shape, rule));
    }
    if width == 0 {
        return Err(ConfigError::new("width", width, "a layer has at least 1 channel"));
    }
    Ok(pyramid(image_shape, width))
}

fn check_dense(dense: Option<usize>) -> Result<(), ConfigError> {
    match dense {
        None | Some(1..=65_536) => Ok(()),
        Some(width) => {
            Err(ConfigError::new("dense", width, "a layer has a width between 1 and 65536"))
        }
    }
}

/// Of a shape that has been checked.
fn pyramid([_, _, side]: [usize; 3], width: usize) -> Pyramid {
    let halvings = halvings(side).unwrap_or_default();
    let widths = (0..halvings).rev().map(|i| width.saturating_mul(1 << i)).collect();
    Pyramid { base: side >> halvings, widths }
}

/// How often `side` can be halved, at least once, until it is 4 or 7.
fn halvings(side: usize) -> Option<u32> {
    let twos = side.checked_ilog2().map(|_| side.trailing_zeros())?;
    match side >> twos {
        7 => (twos >= 1).then_some(twos),
        1 => (twos >= 3).then(|| twos - 2),
        _ => None,
    }
}
