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
//! The generator has batch norm and ReLU after each layer but the last, which ends in an
//! [`Output`](crate::Output) where the paper has tanh: images here are in `[0, 1]`. The kernels are
//! 4 × 4, not 5 × 5, as in PyTorch's version of it, so that sizes double exactly.
//!
//! The discriminator has no batch norm, unlike the paper's: batch norm makes each logit a function
//! of the whole batch, so that there is no gradient of one image's logit in that image alone, which
//! is what gradient penalties are about (Gulrajani et al. 2017, section 4).
//!
//! Layers that no batch norm follows begin as He et al. (2015) have it, not with the paper's standard deviation
//! of 0.02, which leaves next to nothing of an image behind a few of them.
//!
//! Images of 28 pixels are halved twice only: a logit would be a sum of what is seen in places of 10 × 10
//! pixels, and nobody would judge the whole. Fully connected layers at the smallest feature maps of both
//! networks do, as in InfoGAN's for MNIST (Chen et al. 2016, appendix C.1).

mod discriminator;
mod generator;

use burn::nn::Linear;
use burn::tensor::Tensor;
use gan_kernels::{Activation, linear};

use crate::error::ConfigError;
use crate::initial::{InitialWeights, ParameterCount, check_image_shape, he_std};

pub use discriminator::{DcganDiscriminator, DcganDiscriminatorConfig};
pub use generator::{DcganGenerator, DcganGeneratorConfig};

/// Standard deviation of initial weights in the generator's convolutions, whatever they are, since batch
/// norm follows, and in front of the logit; batch norm's scales lie as far around 1.
const STD: f64 = 0.02;
const KERNEL: usize = 4;

/// Fully connected layers `inputs → widths…`.
fn dense_layers(mut inputs: usize, widths: &[usize], initial: &mut InitialWeights) -> Vec<Linear> {
    let mut layer = |&width: &usize| {
        let fan_in = std::mem::replace(&mut inputs, width);
        initial.linear(fan_in, width, he_std(fan_in))
    };
    widths.iter().map(&mut layer).collect()
}

/// What a fully connected layer makes of `x`.
fn dense(layer: &Linear, x: Tensor<2>, activation: Activation) -> Tensor<2> {
    let bias = layer.bias.as_ref().expect("made with one");
    linear(x, layer.weight.val(), bias.val(), activation)
}

/// The numbers in `inputs → widths…`, and how many numbers leave the last of them.
fn count_dense(inputs: usize, widths: &[usize], count: &mut ParameterCount) -> usize {
    widths.iter().fold(inputs, |inputs, &width| {
        count.tensor(&[inputs.saturating_add(1), width]);
        width
    })
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

fn check_dense(dense: &[usize]) -> Result<(), ConfigError> {
    match dense.iter().all(|width| (1..=65_536).contains(width)) {
        true => Ok(()),
        false => Err(ConfigError::new("dense", dense, "a layer has a width between 1 and 65536")),
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
