//! A generator that always draws the same images: for tests of the discriminator's half of a step.

use std::sync::Arc;

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use gan_collective::Single;
use gan_model::{Discriminate, Generate};
use gan_training::{Adam, AdamConfig, Batch, Gan, Loss, Penalties};

#[derive(Module, Debug)]
pub struct Fixed {
    images: Param<Tensor<4>>,
}

impl Generate for Fixed {
    fn generate(&self, _: Tensor<2>, _: Option<Tensor<2>>) -> Tensor<4> {
        self.images.val()
    }
}

impl Fixed {
    /// It against `discriminator`; `fakes` are on its device with autodiff.
    pub fn against<D: Discriminate + Module>(
        discriminator: D,
        fakes: Tensor<4>,
        loss: Loss,
        penalties: Penalties,
    ) -> Gan<Self, D> {
        let adam = AdamConfig { learning_rate: 0.1, beta_1: 0.0, beta_2: 0.9, epsilon: 1e-8 };
        Gan {
            generator: Self { images: Param::from_tensor(fakes.detach()) },
            discriminator,
            generator_adam: Adam::new(adam),
            discriminator_adam: Adam::new(adam),
            loss,
            penalties,
            ranks: Arc::new(Single),
        }
    }

    /// `reals` are on the device without autodiff; latents are ignored.
    pub fn batch(reals: Tensor<4>) -> Batch {
        let latents = Tensor::zeros([reals.dims()[0], 1], &reals.device());
        Batch::new(reals, latents)
    }
}
