//! Whether a discriminator's input gradient is what it says it is.

use burn::tensor::{Tensor, TensorData};
use gan_random::{Rng, Stream};

use crate::networks::{Discriminate, InputGradient};

/// Directions in which each image is moved.
const DIRECTIONS: u64 = 8;
/// How far, in multiples of a vector of length 1: f32 rounding grows as it shrinks, but between the ends of
/// a long step lies a kink of a piecewise linear activation more often. The best of them counts.
const STEPS: [f32; 3] = [1e-2, 3e-3, 1e-3];

/// How far a discriminator's own input gradient is from central differences of its logits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientCheck {
    /// Largest |∇ₓD·v − (D(x + hv) − D(x − hv)) / 2h| over images and directions v of length 1, each with
    /// the best of three h, relative to ‖∇ₓD‖.
    pub gradient_error: f64,
    /// Largest difference between the logits that come with the gradient and the logits without it.
    pub logit_error: f64,
}

/// Compares [`Discriminate::input_gradient`] with central differences of
/// [`Discriminate::logits`] at `images`, `[batch, channels, height, width]`, along eight random
/// directions; `None` if the discriminator offers no gradient.
///
/// Errors below 1e-2 are rounding; a wrong derivative is off by about 1. An image that lies on a kink of a
/// piecewise linear activation may be off by more: look at others.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use gan_model::{Activation, DiscriminatorConfig, MlpDiscriminatorConfig, check_input_gradient};
/// use gan_random::Rng;
///
/// let config = DiscriminatorConfig::Mlp(MlpDiscriminatorConfig {
///     image_shape: [1, 4, 4],
///     hidden: vec![8],
///     activation: Activation::LeakyRelu,
///     spectral_norm: false,
///     classes: None,
///     minibatch_std: false,
/// });
/// let discriminator = config.init(Rng::new(0), &Device::flex()).unwrap();
/// let images = Tensor::ones([2, 1, 4, 4], &Device::flex());
/// let check = check_input_gradient(&discriminator, &images, None).unwrap();
/// assert!(check.gradient_error < 1e-2);
/// ```
pub fn check_input_gradient(
    discriminator: &impl Discriminate,
    images: &Tensor<4>,
    labels: Option<&Tensor<2>>,
) -> Option<GradientCheck> {
    let labels = labels.cloned();
    let InputGradient { logits, gradient } =
        discriminator.input_gradient(images.clone(), labels.clone())?;
    let alone = discriminator.logits(images.clone(), labels.clone());
    let logit_error = (logits - alone).abs().max().into_scalar::<f32>();
    let shape = images.dims();
    let per_image = |values: Tensor<4>| values.flatten::<2>(1, 3).sum_dim(1);
    let norms = per_image(gradient.clone().square()).sqrt();
    let mut gradient_error = 0.0f32;
    for index in 0..DIRECTIONS {
        let direction = direction(index, shape, images);
        let moved = |step: f32| {
            let there = images.clone() + direction.clone().mul_scalar(step);
            discriminator.logits(there, labels.clone())
        };
        let claimed = per_image(gradient.clone() * direction.clone());
        let errors = STEPS.map(|step| {
            let measured = (moved(step) - moved(-step)).div_scalar(2.0 * step);
            (claimed.clone() - measured).abs() / (norms.clone() + f32::MIN_POSITIVE)
        });
        let error = errors.into_iter().reduce(Tensor::min_pair).expect("three steps");
        let error = error.max().into_scalar::<f32>();
        // The maximum of a number and NaN is the number.
        gradient_error = gradient_error.max(if error.is_nan() { f32::INFINITY } else { error });
    }
    Some(GradientCheck { gradient_error: gradient_error.into(), logit_error: logit_error.into() })
}

/// A random direction of length 1 for each image.
fn direction(index: u64, shape: [usize; 4], like: &Tensor<4>) -> Tensor<4> {
    let [batch, rest @ ..] = shape;
    let values = rest.iter().product::<usize>();
    let mut all = Rng::new(0).normal(Stream::Samples, index, batch * values);
    for image in all.chunks_exact_mut(values) {
        let norm = image.iter().map(|value| value * value).sum::<f32>().sqrt();
        image.iter_mut().for_each(|value| *value /= norm);
    }
    Tensor::from_data(TensorData::new(all, shape), &like.device())
}
