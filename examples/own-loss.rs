//! A loss that has no name here: the f-GAN of the Pearson χ² divergence (Nowozin et al. 2016, table 2).
//! Networks, optimizer, data and seeds are the library's; the two objectives are written out below.
//!
//!     cargo run --example own-loss

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gan_data::picture::{encode_png, grid};
use gan_model::{Discriminate, Generate};
use gan_random::{Rng, Stream};
use gan_training::{Adam, AdamConfig, Batches, ParameterGradients, Preset};

/// Minus the bound on the divergence: −mean V(x) + mean (¼ V(G(z))² + V(G(z))).
fn discriminator_loss(real_logits: Tensor<2>, fake_logits: Tensor<2>) -> Tensor<1> {
    -real_logits.mean() + (fake_logits.clone().square() * 0.25 + fake_logits).mean()
}

/// The generator raises V(G(z)).
fn generator_loss(fake_logits: Tensor<2>) -> Tensor<1> {
    -fake_logits.mean()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (data, rng, device) = (gan_data::mnist()?, Rng::new(1), Device::flex());
    let on = device.clone().autodiff();
    let config = Preset::Mlp.config(data.shape());
    let mut generator = config.generator.init(rng, &on)?;
    let mut discriminator = config.discriminator.init(rng, &on)?;
    let adam = AdamConfig { learning_rate: 1e-4, beta_1: 0.5, beta_2: 0.999, epsilon: 1e-8 };
    let (mut generator_adam, mut discriminator_adam) = (Adam::new(adam), Adam::new(adam));

    let space = config.generator.latent_space();
    let mut batches = Batches::new(rng, data.len(), 128)?;
    for step in 0..500 {
        let reals = Tensor::from_inner(data.batch(batches.indices(step), &device)?);
        let latents = |stream| Tensor::from_inner(space.batch(rng, stream, step, 128, &device));

        let fakes = generator.generate(latents(Stream::DiscriminatorLatents), None).detach();
        let d_loss = discriminator_loss(
            discriminator.logits(reals, None),
            discriminator.logits(fakes, None),
        );
        let gradients = ParameterGradients::of(&d_loss, &discriminator);
        discriminator_adam.step(&mut discriminator, gradients);

        let fakes = generator.generate(latents(Stream::GeneratorLatents), None);
        let g_loss = generator_loss(discriminator.logits(fakes, None));
        let gradients = ParameterGradients::of(&g_loss, &generator);
        generator_adam.step(&mut generator, gradients);

        if (step + 1) % 100 == 0 {
            let [d, g] = [d_loss, g_loss].map(|loss| loss.into_scalar::<f32>());
            println!("step {:>4}  D {d:.3}  G {g:.3}", step + 1);
        }
    }

    let seeds: Vec<u64> = (0..16).collect();
    let images = generator.valid().generate(space.for_seeds(&seeds, &device), None);
    std::fs::write("own-loss.png", encode_png(&grid(images, 4), &[])?)?;
    println!("own-loss.png");
    Ok(())
}
