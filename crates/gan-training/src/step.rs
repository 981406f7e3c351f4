//! The adversarial step: Algorithm 1 of Goodfellow et al. 2014, with Adam.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use gan_model::{Discriminate, Generate};

use crate::{Adam, Judgement, Loss, Penalties, View};

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
    /// Classes of the real images, one-hot, `[batch, classes]`, for conditional networks. Generated
    /// images are asked for the same.
    pub labels: Option<Tensor<2>>,
    /// Latents, `[batch, latent_dim]`, drawn afresh for every update.
    pub latents: Tensor<2>,
    /// How the discriminator sees the real images.
    pub real_view: View,
    /// How it sees the generated ones.
    pub fake_view: View,
    /// Numbers of [`GradientPenalty::draw`](crate::GradientPenalty::draw), if there is such a
    /// penalty.
    pub points: Option<Tensor<4>>,
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
        let reals = batch.real_view.of(Tensor::from_inner(batch.reals));
        let labels = batch.labels.map(Tensor::from_inner);
        // Not the valid form: batch norm is to treat these as it will treat those that the generator
        // learns from.
        let generator = frozen(&self.generator);
        let fakes = generator.generate(Tensor::from_inner(batch.latents), labels.clone());
        let fakes = batch.fake_view.of(fakes);
        let Judgement { real_logits, fake_logits, penalty } =
            self.penalties.judge(&self.discriminator, reals, fakes, labels, batch.points);
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
        let judge = frozen(&self.discriminator);
        let labels = batch.labels.map(Tensor::from_inner);
        let fakes = self.generator.generate(Tensor::from_inner(batch.latents), labels.clone());
        let fake_logits = judge.logits(batch.fake_view.of(fakes), labels.clone());
        let reals = || batch.real_view.of(Tensor::from_inner(batch.reals));
        let g_loss = self.loss.generator(fake_logits, || judge.logits(reals(), labels));
        self.generator_adam.step(&mut self.generator, g_loss.backward());
        g_loss.inner()
    }
}

/// A copy that stands still. Burn makes a weight on its first use, once for all copies: made in a
/// frozen one it would never have a gradient, so all are made before.
fn frozen<M: Module>(module: &M) -> M {
    struct MakeAll;
    impl ModuleVisitor for MakeAll {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let _ = param.val();
        }
    }
    module.visit(&mut MakeAll);
    module.clone().no_grad()
}

impl Batch {
    /// Real images and latents, all images shown as they are.
    pub fn new(reals: Tensor<4>, latents: Tensor<2>) -> Self {
        let (real_view, fake_view) = (View::default(), View::default());
        Self { reals, labels: None, latents, real_view, fake_view, points: None }
    }
}
