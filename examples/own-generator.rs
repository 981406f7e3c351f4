//! Trains two networks of one's own on MNIST: any Burn module that implements `Generate` or
//! `Discriminate` will do. The generator here has a skip connection, which no preset has; the
//! discriminator writes down its input gradient, so that an exact R1 can be trained through.
//!
//!     cargo run --example own-generator

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Tensor};
use gan_data::picture::{encode_png, grid};
use gan_model::{Discriminate, Generate, InputGradient, LatentDistribution, LatentSpace};
use gan_random::{Rng, Stream};
use gan_training::{Adam, AdamConfig, Batch, Batches, Gan, Loss, Penalties};

#[derive(Module, Debug)]
struct SkipGenerator {
    first: Linear,
    second: Linear,
    output: Linear,
}

impl Generate for SkipGenerator {
    fn generate(&self, latents: Tensor<2>, _: Option<Tensor<2>>) -> Tensor<4> {
        let features = relu(self.first.forward(latents));
        let features = features.clone() + relu(self.second.forward(features));
        let [batch, _] = features.dims();
        sigmoid(self.output.forward(features)).reshape([batch, 1, 28, 28])
    }
}

#[derive(Module, Debug)]
struct SmallDiscriminator {
    hidden: Linear,
    output: Linear,
}

impl Discriminate for SmallDiscriminator {
    fn logits(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Tensor<2> {
        self.output.forward(relu(self.hidden.forward(images.flatten::<2>(1, 3))))
    }

    /// With h = W₁ᵀx + b₁ and D(x) = w₂ᵀ max(h, 0) + b₂, the gradient is W₁ (w₂ where h > 0, else 0).
    fn input_gradient(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Option<InputGradient> {
        let shape = images.dims();
        let before = self.hidden.forward(images.flatten::<2>(1, 3));
        let mask = before.clone().greater_elem(0.0).float();
        let logits = self.output.forward(relu(before));
        let at_hidden = mask * self.output.weight.val().transpose();
        let gradient = at_hidden.matmul(self.hidden.weight.val().transpose()).reshape(shape);
        Some(InputGradient { logits, gradient })
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (device, batch_size, steps) = (Device::flex(), 100, 500);
    let with_autodiff = device.clone().autodiff();
    let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(&with_autodiff);
    let adam = AdamConfig { learning_rate: 1e-3, beta_1: 0.5, beta_2: 0.999, epsilon: 1e-8 };
    let mut gan = Gan {
        generator: SkipGenerator {
            first: linear(64, 128),
            second: linear(128, 128),
            output: linear(128, 784),
        },
        discriminator: SmallDiscriminator { hidden: linear(784, 128), output: linear(128, 1) },
        generator_adam: Adam::new(adam),
        discriminator_adam: Adam::new(adam),
        loss: Loss::NonSaturating,
        // R1 with γ = 1, which takes the discriminator's input gradient.
        penalties: Penalties { r1_gamma: 1.0, ..Penalties::default() },
    };

    let (data, rng) = (gan_data::mnist()?, Rng::new(1));
    let mut batches = Batches::new(rng, data.len(), batch_size)?;
    let space = LatentSpace { dim: 64, distribution: LatentDistribution::Uniform };
    for step in 0..steps {
        let reals = data.batch(batches.indices(step), &device)?;
        let latents = |stream| space.batch(rng, stream, step, batch_size, &device);
        let d_batch = Batch::new(reals.clone(), latents(Stream::DiscriminatorLatents));
        let g_batch = Batch::new(reals, latents(Stream::GeneratorLatents));
        let report = gan.step(d_batch, g_batch)?;
        if (step + 1) % 100 == 0 {
            let [d_loss, g_loss] = [report.discriminator.loss, report.generator.loss]
                .map(|loss| loss.into_scalar::<f32>());
            println!("step {:>4}  loss D {d_loss:.3}  G {g_loss:.3}", step + 1);
        }
    }

    let seeds: Vec<u64> = (0..16).collect();
    let images = gan.generator.valid().generate(space.for_seeds(&seeds, &device), None);
    std::fs::write("own-generator.png", encode_png(&grid(images, 4), &[])?)?;
    println!("own-generator.png");
    Ok(())
}
