//! Steps in which one network learns and the other stands still.

use burn::module::Module;
use burn::tensor::{Tensor, activation};
use gan_model::{Discriminate, Generate};
use gan_training::{AdversarialLoss, Batch, Gan, Learners, StepValues};
use serde::Serialize;

use crate::{Lab, LabError};

/// How both networks stand on one batch: the images as they are, without augmentation, penalties and
/// label smoothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The discriminator's loss.
    pub d_loss: f64,
    /// The generator's loss.
    pub g_loss: f64,
    /// Mean logit of the real images.
    pub real_logit: f64,
    /// Mean logit of the generated images.
    pub fake_logit: f64,
    /// D(x): mean of σ(logit) of the real images.
    pub real_probability: f64,
    /// D(G(z)): the same of the generated images.
    pub fake_probability: f64,
}

/// A step of one network, and what it did to the batch of that step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepAlone {
    /// The values of the step.
    pub values: Vec<StepValues>,
    /// How often the discriminator was updated in it.
    pub d_updates: u64,
    /// Before it.
    pub before: Standing,
    /// After it, on the same images and latents.
    pub after: Standing,
}

impl Lab {
    /// Takes one step in which only `learners` learn.
    ///
    /// # Errors
    /// As [`Lab::advance`].
    pub fn advance_with(&mut self, learners: Learners) -> Result<StepAlone, LabError> {
        let batch = self.trainer.batch_of_step(self.step() + 1)?;
        let before = standing(self.trainer.gan(), &batch);
        self.trainer.advance_with(learners)?;
        let values = self.read_steps()?;
        let d_updates = match learners {
            Learners::Generator => 0,
            _ => self.trainer.config().stabilisers.d_steps_per_g_step,
        };
        let after = standing(self.trainer.gan(), &batch);
        Ok(StepAlone { values, d_updates, before, after })
    }
}

/// In the form that images are drawn in, which leaves the networks as they are.
fn standing<G: Generate + Module, D: Discriminate + Module>(
    gan: &Gan<G, D>,
    batch: &Batch,
) -> Standing {
    let (generator, discriminator) = (gan.generator.valid(), gan.discriminator.valid());
    let fakes = generator.generate(batch.latents.clone(), None);
    let real_logits = discriminator.logits(batch.reals.clone(), None);
    let fake_logits = discriminator.logits(fakes, None);
    let number = |tensor: Tensor<1>| f64::from(tensor.into_scalar::<f32>());
    let mean = |logits: &Tensor<2>| number(logits.clone().mean());
    let probability = |logits: &Tensor<2>| number(activation::sigmoid(logits.clone()).mean());
    Standing {
        real_logit: mean(&real_logits),
        fake_logit: mean(&fake_logits),
        real_probability: probability(&real_logits),
        fake_probability: probability(&fake_logits),
        d_loss: number(gan.loss.discriminator(real_logits.clone(), fake_logits.clone())),
        g_loss: number(gan.loss.generator(fake_logits, || real_logits)),
    }
}
