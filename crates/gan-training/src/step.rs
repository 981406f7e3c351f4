//! The adversarial step: Algorithm 1 of Goodfellow et al. 2014, with Adam.

use burn::module::Module;
use burn::tensor::Tensor;
use gan_model::{Discriminate, Generate};

use crate::{Adam, Judgement, Loss, Penalties};

/// Two networks, on a device with autodiff, and what updates them.
#[derive(Clone, Debug)]
pub struct Gan<G, D> {
    /// Turns latents into images.
    pub generator: G,
    /// Tells real images from generated ones.
    pub discriminator: D,
    /// Updates the generator.
    pub generator_adam: Adam,
    /// Updates the discriminator.
    pub discriminator_adam: Adam,
    /// The game they play.
    pub loss: Loss,
    /// What is added to the discriminator's loss.
    pub penalties: Penalties<D>,
}

/// What one update is given, on the device without autodiff.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Real images, `[batch, channels, height, width]` in `[0, 1]`.
    pub reals: Tensor<4>,
    /// Latents, `[batch, latent_dim]`, drawn afresh for every update.
    pub latents: Tensor<2>,
    /// Instance noise, if any.
    pub noise: Option<InstanceNoise>,
    /// Numbers of [`GradientPenalty::draw`](crate::GradientPenalty::draw), if there is such a
    /// penalty.
    pub points: Option<Tensor<4>>,
}

/// Noise that is added to all images before the discriminator sees them (Sønderby et al. 2017),
/// `[batch, channels, height, width]` each.
#[derive(Clone, Debug)]
pub struct InstanceNoise {
    /// For the real images.
    pub reals: Tensor<4>,
    /// For the generated ones.
    pub fakes: Tensor<4>,
}

/// What a step saw, still on the device: reading it makes the host wait.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// The discriminator's loss before its update, without penalties, `[1]`.
    pub d_loss: Tensor<1>,
    /// The generator's loss before its update, `[1]`.
    pub g_loss: Tensor<1>,
    /// The discriminator's logits of the real images, `[batch, 1]`.
    pub real_logits: Tensor<2>,
    /// The discriminator's logits of the generated images, `[batch, 1]`.
    pub fake_logits: Tensor<2>,
}

/// What an update of the discriminator saw, still on the device.
#[derive(Clone, Debug)]
pub struct DiscriminatorReport {
    /// Its loss before the update, without penalties, `[1]`.
    pub d_loss: Tensor<1>,
    /// Its logits of the real images, `[batch, 1]`.
    pub real_logits: Tensor<2>,
    /// Its logits of the generated images, `[batch, 1]`.
    pub fake_logits: Tensor<2>,
}

impl<G: Generate + Module, D: Discriminate + Module> Gan<G, D> {
    /// Updates the discriminator alone, then the generator alone.
    ///
    /// For more updates of the discriminator than of the generator, call
    /// [`Gan::update_discriminator`] before it.
    pub fn step(&mut self, d_batch: Batch, g_batch: Batch) -> StepReport {
        let DiscriminatorReport { d_loss, real_logits, fake_logits } =
            self.update_discriminator(d_batch);
        let g_loss = self.update_generator(g_batch);
        StepReport { d_loss, g_loss, real_logits, fake_logits }
    }

    /// The discriminator: real images are real, generated ones are not.
    pub fn update_discriminator(&mut self, batch: Batch) -> DiscriminatorReport {
        // Not the valid form: batch norm is to treat these as it will treat those that the generator
        // learns from.
        let generator = self.generator.clone().no_grad();
        let fakes = generator.generate(Tensor::from_inner(batch.latents), None);
        let (reals, fakes) = noisy(batch.reals, fakes, batch.noise);
        let Judgement { real_logits, fake_logits, penalty } =
            self.penalties.judge(&self.discriminator, reals, fakes, batch.points);
        let d_loss = self.loss.discriminator(real_logits.clone(), fake_logits.clone());
        let objective = penalty.into_iter().fold(d_loss.clone(), |loss, penalty| loss + penalty);
        self.discriminator_adam.step(&mut self.discriminator, objective.backward());

        DiscriminatorReport {
            d_loss: d_loss.inner(),
            real_logits: real_logits.inner(),
            fake_logits: fake_logits.inner(),
        }
    }

    /// The generator: the discriminator, which stands still, shall take its images for real. Gives
    /// its loss before the update, `[1]`.
    pub fn update_generator(&mut self, batch: Batch) -> Tensor<1> {
        let judge = self.discriminator.clone().no_grad();
        let fakes = self.generator.generate(Tensor::from_inner(batch.latents), None);
        let (reals, fakes) = noisy(batch.reals, fakes, batch.noise);
        let g_loss = self.loss.generator(judge.logits(fakes, None), || judge.logits(reals, None));
        self.generator_adam.step(&mut self.generator, g_loss.backward());
        g_loss.inner()
    }
}

impl Batch {
    /// Real images and latents, and nothing random beside them.
    pub fn new(reals: Tensor<4>, latents: Tensor<2>) -> Self {
        Self { reals, latents, noise: None, points: None }
    }
}

/// Both kinds of images as the discriminator sees them, on the device with autodiff.
fn noisy(
    reals: Tensor<4>,
    fakes: Tensor<4>,
    noise: Option<InstanceNoise>,
) -> (Tensor<4>, Tensor<4>) {
    match noise {
        Some(noise) => {
            (Tensor::from_inner(reals + noise.reals), fakes + Tensor::from_inner(noise.fakes))
        }
        None => (Tensor::from_inner(reals), fakes),
    }
}
