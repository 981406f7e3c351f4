//! The step against an implementation that shares no code with it.

use std::sync::Arc;

use burn::tensor::Device;
use gan_collective::Single;
use gan_data::ImageSet;
use gan_model::{
    Activation, Discriminator, DiscriminatorConfig, Generator, GeneratorConfig, LatentDistribution,
    LatentSpace, MlpDiscriminatorConfig, MlpGeneratorConfig, Output,
};
use gan_random::Rng;
use gan_training::{
    Adam, AdamConfig, AdversarialLoss, Batch, Gan, Loss, Penalties, Preset, Trainer, TrainingConfig,
};
use gan_weights::{load_weights, named_weights};

use crate::fixture::{Fixture, deviation, relative};
use crate::{devices, small};

const TOLERANCE: f64 = 1e-4;
/// GPUs round exp and division otherwise than CPUs, and sum in another order.
const WGPU_TOLERANCE: f64 = 1e-3;
const ADAM: AdamConfig =
    AdamConfig { learning_rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 };

const IMAGE_SHAPE: [usize; 3] = [1, 8, 8];
const STEPS: usize = 30;
const BATCH: usize = 8;
const LATENT_DIM: usize = 10;
const HIDDEN: usize = 16;

/// The networks of the reference's `small` part before their first step.
fn small_gan(fixture: &Fixture, device: &Device) -> Gan<Generator, Discriminator> {
    let latents = LatentSpace { dim: LATENT_DIM, distribution: LatentDistribution::Uniform };
    let (hidden, image_shape) = (vec![HIDDEN], IMAGE_SHAPE);
    let generator = MlpGeneratorConfig {
        latents,
        hidden: hidden.clone(),
        image_shape,
        classes: None,
        activation: Activation::Relu,
        output: Output::Sigmoid,
    };
    let discriminator = MlpDiscriminatorConfig {
        image_shape,
        hidden,
        classes: None,
        activation: Activation::Relu,
        spectral_norm: false,
        minibatch_std: false,
    };
    let (device, rng) = (device.clone().autodiff(), Rng::new(0));
    let generator = GeneratorConfig::Mlp(generator).init(rng, &device).unwrap();
    let discriminator = DiscriminatorConfig::Mlp(discriminator).init(rng, &device).unwrap();
    Gan {
        generator: load_weights(generator, fixture.file(), "small.initial.generator.").unwrap(),
        discriminator: load_weights(discriminator, fixture.file(), "small.initial.discriminator.")
            .unwrap(),
        generator_adam: Adam::new(ADAM),
        discriminator_adam: Adam::new(ADAM),
        loss: Loss::NonSaturating,
        penalties: Penalties::default(),
        ranks: Arc::new(Single),
    }
}

/// What the step with number `step` is given: reals, and latents of both halves.
fn small_batch(fixture: &Fixture, step: usize, device: &Device) -> (Batch, Batch) {
    let reals = fixture.tensor("small.reals", [STEPS, BATCH, 1, 8, 8], device);
    let latents = |name| {
        let all = fixture.tensor(name, [STEPS, BATCH, LATENT_DIM], device);
        all.slice([step..step + 1, 0..BATCH, 0..LATENT_DIM]).reshape([BATCH, LATENT_DIM])
    };
    let reals = reals.slice([step..step + 1, 0..BATCH, 0..1, 0..8, 0..8]);
    let reals = reals.reshape([BATCH, 1, 8, 8]);
    let d_batch = Batch::new(reals.clone(), latents("small.d_latents"));
    (d_batch, Batch::new(reals, latents("small.g_latents")))
}

#[test]
fn thirty_steps_follow_the_numpy_reference_on_both_cpu_backends() {
    for (backend, device) in devices::both() {
        follows_the_reference(backend, &device, TOLERANCE);
    }
}

#[test]
fn thirty_steps_follow_the_numpy_reference_on_wgpu_where_there_is_an_adapter() {
    if let Some(device) = devices::wgpu() {
        follows_the_reference("wgpu", &device, WGPU_TOLERANCE);
    }
}

fn follows_the_reference(backend: &str, device: &Device, tolerance: f64) {
    let fixture = Fixture::new();
    let mut gan = small_gan(&fixture, device);
    let (mut d_losses, mut g_losses) = (Vec::new(), Vec::new());
    for step in 0..STEPS {
        let (d_batch, g_batch) = small_batch(&fixture, step, device);
        let report = gan.step(d_batch, g_batch).unwrap();
        d_losses.push(report.discriminator.loss.into_scalar::<f32>());
        g_losses.push(report.generator.loss.into_scalar::<f32>());
    }
    for (name, losses) in [("small.d_losses", d_losses), ("small.g_losses", g_losses)] {
        let off = relative(&losses, &fixture.values(name, &[STEPS]));
        eprintln!("{backend}: {name} off by {off:.1e}");
        assert!(off < tolerance, "{backend}: {name} off by {off:e}");
    }
    let weights = [
        ("generator", named_weights(&gan.generator, "")),
        ("discriminator", named_weights(&gan.discriminator, "")),
    ];
    for (network, tensors) in weights {
        for (name, data) in tensors {
            let reference = format!("small.final.{network}.{name}");
            let reference = fixture.values(&reference, data.shape());
            let off = deviation(&data.try_to_vec().unwrap(), &reference);
            eprintln!("{backend}: {network} {name} off by {off:.1e}");
            assert!(off < tolerance, "{backend}: {network} {name} off by {off:e}");
        }
    }
}

#[test]
fn a_step_with_the_initial_weights_reports_the_logits_it_saw() {
    let fixture = Fixture::new();
    for (backend, device) in devices::both() {
        let mut gan = small_gan(&fixture, &device);
        let (d_batch, g_batch) = small_batch(&fixture, 0, &device);
        let report = gan.step(d_batch, g_batch).unwrap();
        assert_eq!(report.discriminator.real_logits.dims(), [BATCH, 1], "{backend}");
        assert_eq!(report.discriminator.fake_logits.dims(), [BATCH, 1], "{backend}");
        let again = Loss::NonSaturating
            .discriminator(report.discriminator.real_logits, report.discriminator.fake_logits);
        assert_eq!(again.into_data(), report.discriminator.loss.into_data(), "{backend}");
    }
}

/// The images that the reference's `full` part makes as well.
fn full_images() -> ImageSet {
    let value = |i: usize, p: usize| match (p / 28 + i) % 3 {
        0 => ((i * 89 + p * 57 + i * p * 31) % 256) as u8,
        _ => 0,
    };
    let bytes = (0..250).flat_map(|i| (0..784).map(move |p| value(i, p))).collect();
    ImageSet::new("made", [1, 28, 28], bytes, None).unwrap()
}

#[test]
fn a_run_of_the_tutorials_preset_follows_the_reference_from_the_seed_on() {
    // Initial weights, latents and the order of the images come from the seed on both sides.
    let fixture = Fixture::new();
    let steps = 20;
    for (backend, device) in devices::both() {
        let config = TrainingConfig { seed: 7, ..Preset::Tutorial.config([1, 28, 28]) };
        let mut trainer = Trainer::new(config.for_data(full_images()).unwrap(), &device);
        let (mut d_losses, mut g_losses) = (Vec::new(), Vec::new());
        for _ in 0..steps {
            trainer.advance().unwrap();
            let losses = trainer.report().unwrap();
            trainer.begin_report();
            d_losses.push(losses.d_loss as f32);
            g_losses.push(losses.g_loss as f32);
        }
        for (name, losses) in [("full.d_losses", d_losses), ("full.g_losses", g_losses)] {
            let off = relative(&losses, &fixture.values(name, &[steps]));
            eprintln!("{backend}: {name} off by {off:.1e}");
            assert!(off < TOLERANCE, "{backend}: {name} off by {off:e}");
        }

        let mut weights: Vec<(String, Vec<f32>)> = small::generator_weights(&trainer)
            .into_iter()
            .map(|(name, values)| (format!("generator.{name}"), values))
            .collect();
        for (name, shape) in [
            ("hidden.0.weight", &[784, 128][..]),
            ("hidden.0.bias", &[128]),
            ("output.weight", &[128, 1]),
            ("output.bias", &[1]),
        ] {
            let values = small::discriminator_weight(&mut trainer, name, shape);
            weights.push((format!("discriminator.{name}"), values));
        }
        assert_eq!(weights.len(), 8);
        for (name, values) in weights {
            // Of the large matrices the fixture keeps every 97th number.
            let stride = if values.len() > 1_000 { 97 } else { 1 };
            let kept: Vec<f32> = values.into_iter().step_by(stride).collect();
            let reference = fixture.values(&format!("full.final.{name}"), &[kept.len()]);
            let off = deviation(&kept, &reference);
            eprintln!("{backend}: full {name} off by {off:.1e}");
            assert!(off < TOLERANCE, "{backend}: {name} off by {off:e}");
        }
    }
}

#[test]
fn each_half_of_a_step_moves_its_own_network_alone() {
    // A learning rate too small to move any weight stops one of the two.
    let still = AdamConfig { learning_rate: 1e-30, ..ADAM };
    let fixture = Fixture::new();
    let device = Device::flex();
    let after_a_step = |generator_adam, discriminator_adam| {
        let mut gan = Gan {
            generator_adam: Adam::new(generator_adam),
            discriminator_adam: Adam::new(discriminator_adam),
            ..small_gan(&fixture, &device)
        };
        let (d_batch, g_batch) = small_batch(&fixture, 0, &device);
        gan.step(d_batch, g_batch).unwrap();
        (named_weights(&gan.generator, ""), named_weights(&gan.discriminator, ""))
    };
    let before = small_gan(&fixture, &device);
    let before = (named_weights(&before.generator, ""), named_weights(&before.discriminator, ""));
    let neither = after_a_step(still, still);
    assert!(neither.0.iter().all(|(name, data)| name.contains("bias") || *data == before.0[name]));
    let d_only = after_a_step(still, ADAM);
    let g_only = after_a_step(ADAM, still);
    let both = after_a_step(ADAM, ADAM);
    assert_eq!(d_only.0["output.weight"], before.0["output.weight"]);
    assert_eq!(g_only.1["output.weight"], before.1["output.weight"]);
    assert_ne!(d_only.1["output.weight"], before.1["output.weight"]);
    assert_ne!(g_only.0["output.weight"], before.0["output.weight"]);
    // The discriminator's update is the same whatever becomes of the generator afterwards.
    assert_eq!(d_only.1, both.1);
}
