//! The adversarial step: Algorithm 1 of Goodfellow et al. 2014, with Adam.

use std::sync::Arc;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use gan_collective::Collective;
use gan_model::{Discriminate, Generate};

use crate::adam::Adam;
use crate::augment::Augment;
use crate::gradients::{OfBatch, ParameterGradients};
use crate::loss::{AdversarialLoss, Loss};
use crate::penalty::{DiscriminatorOutput, Penalties, PenaltyError};

/// Two networks, on a device with autodiff, and what updates them.
#[derive(Clone, Debug)]
pub struct Gan<G, D, L = Loss> {
    /// Turns latents into images.
    pub generator: G,
    /// Tells real images from generated ones.
    pub discriminator: D,
    /// Updates the generator.
    pub generator_adam: Adam,
    /// Updates the discriminator.
    pub discriminator_adam: Adam,
    /// What the two minimise.
    pub loss: L,
    /// What is added to the discriminator's loss.
    pub penalties: Penalties,
    /// Who trains these networks together: a batch is this rank's part of what all share, a report is of
    /// the whole. [`Single`](gan_collective::Single) where this process trains alone.
    pub ranks: Arc<dyn Collective>,
}

/// Which of the two networks learn in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learners {
    /// Both, as in every step of a training.
    Both,
    /// The discriminator alone; the generator stands still.
    Discriminator,
    /// The generator alone; the discriminator stands still.
    Generator,
}

/// What one update is given, on the device without autodiff.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Real images, `[batch, channels, height, width]` in `[0, 1]`.
    pub reals: Tensor<4>,
    /// Classes of the real images, one-hot, `[batch, classes]`, for class-conditional networks.
    /// Generated images are drawn of the same.
    pub labels: Option<Tensor<2>>,
    /// Latents, `[batch, latent_dim]`, drawn afresh for every update.
    pub latents: Tensor<2>,
    /// Augmentation of the real images.
    pub real_augment: Augment,
    /// Augmentation of the generated ones.
    pub fake_augment: Augment,
    /// Of [`GradientPenalty::draw`](crate::GradientPenalty::draw), which a gradient penalty takes.
    pub penalty_noise: Option<Tensor<4>>,
}

/// What the discriminator minimises, on the device and tracked.
#[derive(Clone, Debug)]
pub struct DiscriminatorObjective {
    /// Its loss, label smoothing included, `[1]`.
    pub loss: Tensor<1>,
    /// All gradient penalties together, `[1]`.
    pub penalty: Option<Tensor<1>>,
    /// Logits of the real images, `[batch, 1]`.
    pub real_logits: Tensor<2>,
    /// Logits of the generated images, `[batch, 1]`.
    pub fake_logits: Tensor<2>,
}

/// What a step saw, still on the device: reading it makes the host wait.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// The discriminator's half.
    pub discriminator: DiscriminatorReport,
    /// The generator's half.
    pub generator: GeneratorReport,
}

/// What an update of the discriminator saw, still on the device.
#[derive(Clone, Debug)]
pub struct DiscriminatorReport {
    /// Its loss before the update, label smoothing included, gradient penalties not, `[1]`.
    pub loss: Tensor<1>,
    /// Its logits of the real images, `[batch, 1]`.
    pub real_logits: Tensor<2>,
    /// Its logits of the generated images, `[batch, 1]`.
    pub fake_logits: Tensor<2>,
    /// Norm of all its gradients together, before clipping, `[1]`.
    pub grad_norm: Tensor<1>,
}

/// What an update of the generator saw, still on the device.
#[derive(Clone, Debug)]
pub struct GeneratorReport {
    /// Its loss before the update, `[1]`.
    pub loss: Tensor<1>,
    /// Norm of all its gradients together, before clipping, `[1]`.
    pub grad_norm: Tensor<1>,
}

impl<G: Generate + Module, D: Discriminate + Module, L: AdversarialLoss> Gan<G, D, L> {
    /// Updates the discriminator alone, then the generator alone.
    ///
    /// For more updates of the discriminator than of the generator, call
    /// [`Gan::update_discriminator`] before it.
    ///
    /// # Errors
    /// If a penalty asks for what the discriminator or the batch does not have.
    pub fn step(&mut self, d_batch: Batch, g_batch: Batch) -> Result<StepReport, PenaltyError> {
        let discriminator = self.update_discriminator(d_batch)?;
        let generator = self.update_generator(g_batch);
        Ok(StepReport { discriminator, generator })
    }

    /// The same where only `learners` learn. The report is of both, as in any step: a network that stands
    /// still reports the loss and the gradients that it would have learnt from.
    ///
    /// # Errors
    /// If a penalty asks for what the discriminator or the batch does not have.
    pub fn step_of(
        &mut self,
        learners: Learners,
        d_batch: Batch,
        g_batch: Batch,
    ) -> Result<StepReport, PenaltyError> {
        match learners {
            Learners::Both => self.step(d_batch, g_batch),
            Learners::Discriminator => Ok(StepReport {
                discriminator: self.update_discriminator(d_batch)?,
                generator: self.generator_gradients(g_batch).1,
            }),
            Learners::Generator => Ok(StepReport {
                discriminator: self.discriminator_gradients(d_batch)?.1,
                generator: self.update_generator(g_batch),
            }),
        }
    }

    /// What the discriminator minimises on a batch: real images are real, generated ones are not.
    ///
    /// # Errors
    /// If a penalty asks for what the discriminator or the batch does not have.
    pub fn discriminator_objective(
        &self,
        batch: Batch,
    ) -> Result<DiscriminatorObjective, PenaltyError> {
        let Penalties { r1_gamma, r2_gamma, gradient_penalty, real_target } = self.penalties;
        let (d, labels) = (&self.discriminator, batch.labels.map(Tensor::from_inner));
        let reals = batch.real_augment.apply(Tensor::from_inner(batch.reals));
        // Not the valid form: batch norm is to treat these as it will treat those that the generator
        // learns from.
        let generator = frozen(&self.generator);
        let fakes = generator.generate(Tensor::from_inner(batch.latents), labels.clone());
        let fakes = batch.fake_augment.apply(fakes);

        let (x, y, c) = (reals.clone(), fakes.clone(), labels.clone());
        let (real, fake) = match (r1_gamma > 0.0, r2_gamma > 0.0) {
            (false, false) => {
                (DiscriminatorOutput::logits(d, x, c.clone()), DiscriminatorOutput::logits(d, y, c))
            }
            (true, false) => (
                DiscriminatorOutput::with_gradient(d, x, c.clone())?,
                DiscriminatorOutput::logits(d, y, c),
            ),
            (false, true) => (
                DiscriminatorOutput::logits(d, x, c.clone()),
                DiscriminatorOutput::with_gradient(d, y, c)?,
            ),
            (true, true) => DiscriminatorOutput::both_with_gradient(d, x, y, c)?,
        };
        let mut loss = self.loss.discriminator(real.logits.clone(), fake.logits.clone());
        if real_target != 1.0 {
            loss = loss + real.logits.clone().mean() * (1.0 - real_target);
        }
        let r1 = real.squared_gradient_norms.map(|squares| squares.mean() * (r1_gamma / 2.0));
        let r2 = fake.squared_gradient_norms.map(|squares| squares.mean() * (r2_gamma / 2.0));
        let gradient_penalty = match gradient_penalty {
            None => None,
            Some(penalty) => {
                let noise = batch.penalty_noise.ok_or(PenaltyError::NoPenaltyNoise)?;
                Some(penalty.of(d, reals, fakes, labels, Tensor::from_inner(noise))?)
            }
        };
        let penalty = [r1, r2, gradient_penalty].into_iter().flatten().reduce(|a, b| a + b);
        let (real_logits, fake_logits) = (real.logits, fake.logits);
        Ok(DiscriminatorObjective { loss, penalty, real_logits, fake_logits })
    }

    /// One update of the discriminator.
    ///
    /// # Errors
    /// If a penalty asks for what the discriminator or the batch does not have.
    pub fn update_discriminator(
        &mut self,
        batch: Batch,
    ) -> Result<DiscriminatorReport, PenaltyError> {
        self.discriminator.begin_update();
        let (gradients, report) = self.discriminator_gradients(batch)?;
        self.discriminator_adam.step(&mut self.discriminator, gradients);
        Ok(report)
    }

    /// What an update of the discriminator learns from.
    fn discriminator_gradients(
        &self,
        batch: Batch,
    ) -> Result<(ParameterGradients, DiscriminatorReport), PenaltyError> {
        let objective = self.discriminator_objective(batch)?;
        let gradients = ParameterGradients::of(&objective.total(), &self.discriminator);
        let mut loss = objective.loss.inner();
        let mut logits = [objective.real_logits.inner(), objective.fake_logits.inner()];
        let of_batch = OfBatch { loss: &mut loss, logits: &mut logits };
        let gradients = gradients.average(of_batch, &*self.ranks);
        let grad_norm = gradients.norm();
        let [real_logits, fake_logits] = logits;
        Ok((gradients, DiscriminatorReport { loss, real_logits, fake_logits, grad_norm }))
    }

    /// One update of the generator: the discriminator, which is frozen, is to take its images for
    /// real.
    pub fn update_generator(&mut self, batch: Batch) -> GeneratorReport {
        let (gradients, report) = self.generator_gradients(batch);
        self.generator_adam.step(&mut self.generator, gradients);
        report
    }

    /// What an update of the generator learns from.
    fn generator_gradients(&self, batch: Batch) -> (ParameterGradients, GeneratorReport) {
        let discriminator = frozen(&self.discriminator);
        let labels = batch.labels.map(Tensor::from_inner);
        let fakes = self.generator.generate(Tensor::from_inner(batch.latents), labels.clone());
        let fake_logits = discriminator.logits(batch.fake_augment.apply(fakes), labels.clone());
        let reals = || batch.real_augment.apply(Tensor::from_inner(batch.reals));
        let loss = self.loss.generator(fake_logits, || discriminator.logits(reals(), labels));

        let gradients = ParameterGradients::of(&loss, &self.generator);
        let mut loss = loss.inner();
        let of_batch = OfBatch { loss: &mut loss, logits: &mut [] };
        let gradients = gradients.average(of_batch, &*self.ranks);
        let grad_norm = gradients.norm();
        (gradients, GeneratorReport { loss, grad_norm })
    }
}

impl DiscriminatorObjective {
    /// Loss and penalties together, `[1]`.
    pub fn total(&self) -> Tensor<1> {
        let penalty = self.penalty.clone().into_iter();
        penalty.fold(self.loss.clone(), |loss, penalty| loss + penalty)
    }
}

impl Batch {
    /// Real images and latents, without augmentation, labels and gradient penalty.
    pub fn new(reals: Tensor<4>, latents: Tensor<2>) -> Self {
        let (real_augment, fake_augment) = (Augment::default(), Augment::default());
        Self { reals, labels: None, latents, real_augment, fake_augment, penalty_noise: None }
    }
}

/// A copy without gradients. Burn makes a weight on its first use, once for all copies: made in a
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
