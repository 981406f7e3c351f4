//! Penalties on the discriminator: what is added to its loss so that its slope stays bounded and the
//! game converges.
//!
//! They are exact. The discriminator writes its input gradient as tracked operations
//! ([`DifferentiateInput`]), and one `backward()` trains through it.

use burn::tensor::{Device, Tensor, TensorData};
use gan_model::{ConfigError, DifferentiateInput, Discriminate, InputGradient};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

/// What is added to the discriminator's loss. [`Penalties::none`] does for any discriminator;
/// penalties on its input gradient need one that offers it, see [`Penalties::new`].
#[derive(Clone, Debug)]
pub struct Penalties<D> {
    /// γ of R1 (Mescheder et al. 2018, equation 9): γ/2 · mean ‖∇ₓD(x)‖² at real images.
    pub r1_gamma: f64,
    /// γ of R2 (the same, equation 10): γ/2 · mean ‖∇ₓD(G(z))‖² at generated images.
    pub r2_gamma: f64,
    /// A penalty that pulls the slope towards 1.
    pub gradient_penalty: Option<GradientPenalty>,
    /// Target for real images: 1, or a little less for one-sided label smoothing (Salimans et al.
    /// 2016, section 3.4).
    ///
    /// Moving the target of cross entropy or of least squares from 1 to t adds
    /// (1 − t) · mean C(x) to the loss, up to a constant.
    pub real_target: f64,
    input_gradient: Option<InputGradientOf<D>>,
}

/// [`DifferentiateInput::input_gradient`] of a discriminator that has one.
type InputGradientOf<D> = fn(&D, Tensor<4>, Option<Tensor<2>>) -> InputGradient;

/// A penalty that pulls the norm of the discriminator's input gradient towards 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum GradientPenalty {
    /// WGAN-GP, Gulrajani et al. 2017, equation 3: λ · mean (‖∇D(x̂)‖ − 1)² at points x̂ drawn
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
        /// Standard deviation of δ. The authors' program uses half of that of the images' values,
        /// which for MNIST is 0.15.
        spread: f64,
    },
}

/// How a discriminator judged a batch.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Logits of the real images, `[batch, 1]`.
    pub real_logits: Tensor<2>,
    /// Logits of the generated images, `[batch, 1]`.
    pub fake_logits: Tensor<2>,
    /// All penalties together, `[1]`, to be added to the loss.
    pub penalty: Option<Tensor<1>>,
}

impl<D: Discriminate> Penalties<D> {
    /// Nothing is added to the loss.
    pub fn none() -> Self {
        Self {
            r1_gamma: 0.0,
            r2_gamma: 0.0,
            gradient_penalty: None,
            real_target: 1.0,
            input_gradient: None,
        }
    }

    /// Logits of `reals` and `fakes`, `[batch, channels, height, width]` each on a device with
    /// autodiff, and the penalties. `labels` are those of both, `[batch, classes]`; `points` are numbers of [`GradientPenalty::draw`], if there is
    /// such a penalty.
    pub fn judge(
        &self,
        discriminator: &D,
        reals: Tensor<4>,
        fakes: Tensor<4>,
        labels: Option<Tensor<2>>,
        points: Option<Tensor<4>>,
    ) -> Judgement {
        let Some(input_gradient) = self.input_gradient else {
            let real_logits = discriminator.logits(reals, labels.clone());
            let fake_logits = discriminator.logits(fakes, labels);
            let penalty = self.smoothing(&real_logits);
            return Judgement { real_logits, fake_logits, penalty };
        };
        let (real_logits, fake_logits, squares) = self.slopes(
            input_gradient,
            discriminator,
            reals.clone(),
            fakes.clone(),
            labels.clone(),
        );
        let slope = self.gradient_penalty.zip(points).map(|(penalty, points)| {
            let images = penalty.points(reals, fakes, points);
            penalty.of(input_gradient(discriminator, images, labels).gradient)
        });
        let smoothing = self.smoothing(&real_logits);
        let penalty = [squares, slope, smoothing].into_iter().flatten().reduce(|a, b| a + b);
        Judgement { real_logits, fake_logits, penalty }
    }

    /// Logits of both kinds of images, and R1 and R2 together. Where there is a penalty, the logits
    /// come with the gradient.
    fn slopes(
        &self,
        input_gradient: InputGradientOf<D>,
        discriminator: &D,
        reals: Tensor<4>,
        fakes: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> (Tensor<2>, Tensor<2>, Option<Tensor<1>>) {
        let judged = |images, labels| {
            let InputGradient { logits, gradient } = input_gradient(discriminator, images, labels);
            (logits, squared_norms(gradient))
        };
        let penalty = |squares: Tensor<2>, gamma: f64| squares.mean() * (gamma / 2.0);
        match (self.r1_gamma > 0.0, self.r2_gamma > 0.0) {
            (true, true) => {
                // One pass over both is faster than two over half as many images.
                let sizes = [reals.dims()[0], fakes.dims()[0]];
                let labels = labels.map(|labels| Tensor::cat(vec![labels; 2], 0));
                let (logits, squares) = judged(Tensor::cat(vec![reals, fakes], 0), labels);
                let [real_logits, fake_logits] = halves(logits, sizes);
                let [r1, r2] = halves(squares, sizes);
                let penalty = penalty(r1, self.r1_gamma) + penalty(r2, self.r2_gamma);
                (real_logits, fake_logits, Some(penalty))
            }
            (true, false) => {
                let (logits, squares) = judged(reals, labels.clone());
                (logits, discriminator.logits(fakes, labels), Some(penalty(squares, self.r1_gamma)))
            }
            (false, true) => {
                let (logits, squares) = judged(fakes, labels.clone());
                (discriminator.logits(reals, labels), logits, Some(penalty(squares, self.r2_gamma)))
            }
            (false, false) => {
                let real_logits = discriminator.logits(reals, labels.clone());
                (real_logits, discriminator.logits(fakes, labels), None)
            }
        }
    }

    fn smoothing(&self, real_logits: &Tensor<2>) -> Option<Tensor<1>> {
        let moved = 1.0 - self.real_target;
        (moved != 0.0).then(|| real_logits.clone().mean() * moved)
    }
}

impl<D: DifferentiateInput> Penalties<D> {
    /// Penalties on the discriminator's input gradient; the others are off until set.
    pub fn new(r1_gamma: f64, r2_gamma: f64, gradient_penalty: Option<GradientPenalty>) -> Self {
        let input_gradient: InputGradientOf<D> = D::input_gradient;
        Self {
            r1_gamma,
            r2_gamma,
            gradient_penalty,
            input_gradient: Some(input_gradient),
            ..Self::none()
        }
    }
}

impl GradientPenalty {
    /// The random numbers of update number `index` for a batch of images of `shape`: where between
    /// real and generated images, `[batch, 1, 1, 1]`, or how far from the real ones, `shape`.
    pub fn draw(self, rng: Rng, index: u64, shape: [usize; 4], device: &Device) -> Tensor<4> {
        let [batch, ..] = shape;
        let stream = Stream::PenaltyNoise;
        match self {
            Self::Interpolates { .. } => {
                let values = rng.uniform(stream, index, batch, 0.0, 1.0);
                Tensor::from_data(TensorData::new(values, [batch, 1, 1, 1]), device)
            }
            Self::Dragan { spread, .. } => normal_noise(rng, stream, index, shape, device) * spread,
        }
    }

    /// The images at which the gradient is looked at.
    fn points(self, reals: Tensor<4>, fakes: Tensor<4>, points: Tensor<4>) -> Tensor<4> {
        let points = Tensor::from_inner(points);
        match self {
            Self::Interpolates { .. } => fakes.clone() + (reals - fakes) * points,
            Self::Dragan { .. } => reals + points,
        }
    }

    /// λ · mean (‖g‖ − 1)², `[1]`, for gradients `[batch, channels, height, width]`.
    fn of(self, gradient: Tensor<4>) -> Tensor<1> {
        let (Self::Interpolates { lambda } | Self::Dragan { lambda, .. }) = self;
        // The slope of a root is infinite at 0, which a network that is flat somewhere reaches.
        let norms = (squared_norms(gradient) + 1e-12).sqrt();
        (norms - 1.0).square().mean() * lambda
    }

    pub(crate) fn check(self, field: &str) -> Result<(), ConfigError> {
        let positive = |name: &str, value: f64| match value.is_finite() && value > 0.0 {
            true => Ok(()),
            false => Err(ConfigError::new(format!("{field}.{name}"), value, "it must be above 0")),
        };
        match self {
            Self::Interpolates { lambda } => positive("lambda", lambda),
            Self::Dragan { lambda, spread } => {
                positive("lambda", lambda)?;
                positive("spread", spread)
            }
        }
    }
}

/// Normal numbers of standard deviation 1 in the shape of images, on `device`.
pub(crate) fn normal_noise(
    rng: Rng,
    stream: Stream,
    index: u64,
    shape: [usize; 4],
    device: &Device,
) -> Tensor<4> {
    let values = rng.normal(stream, index, shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// The first rows and the rest.
fn halves(both: Tensor<2>, [first, second]: [usize; 2]) -> [Tensor<2>; 2] {
    [both.clone().narrow(0, 0, first), both.narrow(0, first, second)]
}

/// ‖g‖² of each image, `[batch, 1]`.
fn squared_norms(gradient: Tensor<4>) -> Tensor<2> {
    gan_kernels::squared_norms(gradient.flatten(1, 3))
}
