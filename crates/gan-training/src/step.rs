//! The adversarial step: Algorithm 1 of Goodfellow et al. 2014, with Adam.

use burn::module::Module;
use burn::tensor::Tensor;
use gan_model::{Discriminate, Generate};

use crate::{Adam, Loss};

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
}

/// What a step saw, still on the device: reading it makes the host wait.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// The discriminator's loss before its update, `[1]`.
    pub d_loss: Tensor<1>,
    /// The generator's loss before its update, `[1]`.
    pub g_loss: Tensor<1>,
    /// The discriminator's logits of the real images, `[batch, 1]`.
    pub real_logits: Tensor<2>,
    /// The discriminator's logits of the generated images, `[batch, 1]`.
    pub fake_logits: Tensor<2>,
}

impl<G: Generate + Module, D: Discriminate + Module> Gan<G, D> {
    /// Updates the discriminator alone, then the generator alone.
    ///
    /// `reals` is `[batch, channels, height, width]` in `[0, 1]`; `d_latents` and `g_latents` are
    /// `[batch, latent_dim]` each, drawn afresh. All three live on the device without autodiff.
    pub fn step(
        &mut self,
        reals: Tensor<4>,
        d_latents: Tensor<2>,
        g_latents: Tensor<2>,
    ) -> StepReport {
        // The discriminator: real images are real, generated ones are not.
        let fakes = self.generator.valid().generate(d_latents, None);
        let real_logits = self.discriminator.logits(Tensor::from_inner(reals), None);
        let fake_logits = self.discriminator.logits(Tensor::from_inner(fakes), None);
        let d_loss = self.loss.discriminator(real_logits.clone(), fake_logits.clone());
        self.discriminator_adam.step(&mut self.discriminator, d_loss.backward());

        // The generator: the discriminator, which stands still, shall take its images for real.
        let judge = self.discriminator.clone().no_grad();
        let fakes = self.generator.generate(Tensor::from_inner(g_latents), None);
        let g_loss = self.loss.generator(judge.logits(fakes, None));
        self.generator_adam.step(&mut self.generator, g_loss.backward());

        StepReport {
            d_loss: d_loss.inner(),
            g_loss: g_loss.inner(),
            real_logits: real_logits.inner(),
            fake_logits: fake_logits.inner(),
        }
    }
}
