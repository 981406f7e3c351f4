//! Networks of one's own, made as Burn makes them.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use gan_model::{Discriminate, Generate};
use gan_training::{Adam, AdamConfig, Batch, Gan, Loss, Penalties};
use gan_weights::named_weights;

#[derive(Module, Debug)]
struct Own {
    layer: Linear,
}

impl Generate for Own {
    fn generate(&self, latents: Tensor<2>, _: Option<Tensor<2>>) -> Tensor<4> {
        let [batch, _] = latents.dims();
        self.layer.forward(latents).reshape([batch, 1, 2, 2])
    }
}

impl Discriminate for Own {
    fn logits(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Tensor<2> {
        self.layer.forward(images.flatten(1, 3))
    }
}

#[test]
fn weights_that_burn_makes_on_first_use_are_trained_from_the_first_step() {
    let device = Device::flex();
    let with_autodiff = device.clone().autodiff();
    let own =
        |inputs, outputs| Own { layer: LinearConfig::new(inputs, outputs).init(&with_autodiff) };
    let adam = AdamConfig { learning_rate: 0.1, beta_1: 0.0, beta_2: 0.9, epsilon: 1e-8 };
    let mut gan = Gan {
        generator: own(3, 4),
        discriminator: own(4, 1),
        generator_adam: Adam::new(adam),
        discriminator_adam: Adam::new(adam),
        loss: Loss::NonSaturating,
        penalties: Penalties::default(),
    };
    let batch = || Batch::new(Tensor::ones([5, 1, 2, 2], &device), Tensor::ones([5, 3], &device));
    gan.step(batch(), batch()).unwrap();
    let first = [named_weights(&gan.generator, ""), named_weights(&gan.discriminator, "")];
    gan.step(batch(), batch()).unwrap();
    let second = [named_weights(&gan.generator, ""), named_weights(&gan.discriminator, "")];
    for (first, second) in first.iter().zip(&second) {
        assert!(first.iter().all(|(name, weights)| second[name] != *weights));
    }
}
