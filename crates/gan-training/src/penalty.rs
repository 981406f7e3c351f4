//! Penalties on the discriminator: what is added to its loss so that its gradient stays bounded and
//! training converges.
//!
//! They are exact. The discriminator writes its input gradient as tracked operations
//! ([`Discriminate::input_gradient`]), and one `backward()` trains through it.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};
use gan_model::{ConfigError, Discriminate, InputGradient};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

/// What is added to the discriminator's loss in one step. All of it is off by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalties {
    /// γ of R1 (Mescheder et al. 2018, equation 9): γ/2 · mean ‖∇ₓD(x)‖² at real images.
    ///
    /// Images lie in `[0, 1]` here, where gradients are twice those in `[-1, 1]`: divide a γ that was
    /// published for `[-1, 1]` by 4. The norm of 1 that [`GradientPenalty`] aims at is that in
    /// `[0, 1]`, too.
    pub r1_gamma: f64,
    /// γ of R2 (the same, equation 10): γ/2 · mean ‖∇ₓD(G(z))‖² at generated images.
    pub r2_gamma: f64,
    /// A penalty that pulls the gradient norm towards 1; takes [`Batch::penalty_noise`].
    ///
    /// [`Batch::penalty_noise`]: crate::Batch::penalty_noise
    pub gradient_penalty: Option<GradientPenalty>,
    /// Target for real images: 1, or a little less for one-sided label smoothing (Salimans et al.
    /// 2016, section 3.4).
    ///
    /// Moving the target of cross entropy or of least squares from 1 to t adds
    /// (1 − t) · mean C(x) to the loss, up to a constant.
    pub real_target: f64,
}

/// A penalty that pulls the norm of the discriminator's input gradient towards 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum GradientPenalty {
    /// WGAN-GP, Gulrajani et al. 2017, equation 3: λ · mean (‖∇D(x̂)‖ − 1)² at images x̂ drawn
    /// uniformly between a real image and a generated one.
    Interpolates {
        /// λ; 10 in the paper.
        lambda: f64,
    },
    /// DRAGAN, Kodali et al. 2017, equation 4 with k = 1: λ · mean (‖∇D(x + δ)‖ − 1)² around real
    /// images, δ normal.
    Dragan {
        /// λ; 10 in the paper.
        lambda: f64,
        /// Standard deviation of δ, which is normal as in the paper. The authors' program adds
        /// something else: ½ · std(images) · u · v with u and v uniform in `[0, 1)`, one-sided and of
        /// root mean square 0.051 on MNIST.
        std: f64,
    },
}

/// The name of a [`GradientPenalty`], without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum GradientPenaltyKind {
    /// WGAN-GP: between real images and generated ones
    Interpolates,
    /// DRAGAN: around real images
    Dragan,
}

/// A penalty that asks for what is not there. No network was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PenaltyError {
    /// A penalty on the input gradient of a discriminator that offers none.
    #[error(
        "a gradient penalty needs the discriminator's input gradient, but this discriminator \
         offers none: implement `Discriminate::input_gradient`, or set the penalties to 0"
    )]
    NoInputGradient,
    /// A gradient penalty without its random numbers.
    #[error(
        "the gradient penalty needs `Batch::penalty_noise`, but there is none: draw it with \
         `GradientPenalty::draw`"
    )]
    NoPenaltyNoise,
}

/// What the discriminator makes of a batch of images.
pub(crate) struct DiscriminatorOutput {
    /// `[batch, 1]`.
    pub logits: Tensor<2>,
    /// ‖∇ₓD‖² of each image, `[batch, 1]`, where a penalty asks for it.
    pub squared_gradient_norms: Option<Tensor<2>>,
}

impl DiscriminatorOutput {
    /// The logits alone.
    pub(crate) fn logits<D: Discriminate>(
        discriminator: &D,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Self {
        let logits = discriminator.logits(images, labels);
        Self { logits, squared_gradient_norms: None }
    }

    /// Logits and gradient norms.
    pub(crate) fn with_gradient<D: Discriminate>(
        discriminator: &D,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Result<Self, PenaltyError> {
        let InputGradient { logits, gradient } = input_gradient(discriminator, images, labels)?;
        Ok(Self { logits, squared_gradient_norms: Some(squared_norms(gradient)) })
    }

    /// The same of real and of generated images, of equal labels: one pass over both is faster than
    /// two over half as many images.
    pub(crate) fn both_with_gradient<D: Discriminate>(
        discriminator: &D,
        reals: Tensor<4>,
        fakes: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Result<(Self, Self), PenaltyError> {
        let [real, fake] = [reals.dims()[0], fakes.dims()[0]];
        let labels = labels.map(|labels| Tensor::cat(vec![labels; 2], 0));
        let both = Tensor::cat(vec![reals, fakes], 0);
        let InputGradient { logits, gradient } = input_gradient(discriminator, both, labels)?;
        let squares = squared_norms(gradient);
        let part = |first, count| Self {
            logits: logits.clone().narrow(0, first, count),
            squared_gradient_norms: Some(squares.clone().narrow(0, first, count)),
        };
        Ok((part(0, real), part(real, fake)))
    }
}

impl From<GradientPenaltyKind> for GradientPenalty {
    /// With λ = 10, as in both papers, and a noise of 0.15.
    fn from(kind: GradientPenaltyKind) -> Self {
        let lambda = 10.0;
        match kind {
            GradientPenaltyKind::Interpolates => Self::Interpolates { lambda },
            GradientPenaltyKind::Dragan => Self::Dragan { lambda, std: 0.15 },
        }
    }
}

impl GradientPenalty {
    /// The random numbers of update number `index` for a batch of images of `shape`: where between
    /// real and generated images, `[batch, 1, 1, 1]`, or how far from the real ones, `shape`.
    pub fn draw(self, rng: Rng, index: u64, shape: [usize; 4], device: &Device) -> Tensor<4> {
        let [batch, image @ ..] = shape;
        self.draw_part(rng, index, 0..batch, image, device)
    }

    /// Those of the numbers of [`GradientPenalty::draw`] that belong to the images in `rows`, of shape
    /// `image` each.
    pub fn draw_part(
        self,
        rng: Rng,
        index: u64,
        rows: Range<usize>,
        image: [usize; 3],
        device: &Device,
    ) -> Tensor<4> {
        let stream = Stream::PenaltyNoise;
        match self {
            Self::Interpolates { .. } => {
                let batch = rows.len();
                let values = rng.uniform_part(stream, index, rows, 0.0, 1.0);
                Tensor::from_data(TensorData::new(values, [batch, 1, 1, 1]), device)
            }
            Self::Dragan { std, .. } => normal_noise(rng, stream, index, rows, image, device) * std,
        }
    }

    /// The penalty, `[1]`, at images between or around `reals` and `fakes`, which `noise` of
    /// [`GradientPenalty::draw`] places.
    pub(crate) fn of<D: Discriminate>(
        self,
        discriminator: &D,
        reals: Tensor<4>,
        fakes: Tensor<4>,
        labels: Option<Tensor<2>>,
        noise: Tensor<4>,
    ) -> Result<Tensor<1>, PenaltyError> {
        let (images, lambda) = match self {
            Self::Interpolates { lambda } => (fakes.clone() + (reals - fakes) * noise, lambda),
            Self::Dragan { lambda, .. } => (reals + noise, lambda),
        };
        let InputGradient { gradient, .. } = input_gradient(discriminator, images, labels)?;
        // The slope of a root is infinite at 0, which a network that is flat somewhere reaches.
        let norms = (squared_norms(gradient) + 1e-12).sqrt();
        Ok((norms - 1.0).square().mean() * lambda)
    }

    pub(crate) fn check(self, field: &str) -> Result<(), ConfigError> {
        let positive = |name: &str, value: f64| match value.is_finite() && value > 0.0 {
            true => Ok(()),
            false => Err(ConfigError::new(format!("{field}.{name}"), value, "it must be above 0")),
        };
        match self {
            Self::Interpolates { lambda } => positive("lambda", lambda),
            Self::Dragan { lambda, std } => {
                positive("lambda", lambda)?;
                positive("std", std)
            }
        }
    }
}

impl Default for Penalties {
    fn default() -> Self {
        Self { r1_gamma: 0.0, r2_gamma: 0.0, gradient_penalty: None, real_target: 1.0 }
    }
}

/// Normal numbers of standard deviation 1 for the images in `rows` of a batch, of shape `image` each, on
/// `device`.
pub(crate) fn normal_noise(
    rng: Rng,
    stream: Stream,
    index: u64,
    rows: Range<usize>,
    image @ [channels, height, width]: [usize; 3],
    device: &Device,
) -> Tensor<4> {
    let (size, batch) = (image.iter().product::<usize>(), rows.len());
    let values = rng.normal_part(stream, index, rows.start * size..rows.end * size);
    Tensor::from_data(TensorData::new(values, [batch, channels, height, width]), device)
}

fn input_gradient<D: Discriminate>(
    discriminator: &D,
    images: Tensor<4>,
    labels: Option<Tensor<2>>,
) -> Result<InputGradient, PenaltyError> {
    discriminator.input_gradient(images, labels).ok_or(PenaltyError::NoInputGradient)
}

/// ‖g‖² of each image, `[batch, 1]`.
fn squared_norms(gradient: Tensor<4>) -> Tensor<2> {
    gan_kernels::squared_norms(gradient.flatten(1, 3))
}
