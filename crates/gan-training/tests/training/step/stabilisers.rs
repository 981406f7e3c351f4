//! What keeps training stable: schedules, averages, limits, noise; and all of it resumes to the bit.

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use gan_model::{Activation, DiscriminatorConfig, MlpDiscriminatorConfig};
use gan_random::Rng;
use gan_training::{
    Adam, AdamConfig, Augment, Augmentation, Batch, Cosine, EmaConfig, Gan, GradientPenalty,
    Limits, Loss, ParameterGradients, Penalties, PenaltyConfig, Schedule, Stabilisers, Trainer,
    TrainingConfig,
};
use gan_weights::{load_weights, named_weights};

use crate::fixture::{Fixture, deviation};
use crate::step::fixed::Fixed;
use crate::{devices, small};

fn cosine(from: f64, to: f64, until: f64) -> Schedule {
    Schedule::Cosine(Cosine { from, to, until })
}

/// Everything at once.
pub fn everything() -> TrainingConfig {
    let mut config = small::config();
    config.loss = Loss::RelativisticPairing;
    config.penalties = PenaltyConfig {
        r1_gamma: cosine(1.0, 0.1, 0.6),
        r2_gamma: 0.3.into(),
        gradient_penalty: Some(GradientPenalty::Dragan { lambda: 0.1, std: 0.2 }),
        ..PenaltyConfig::default()
    };
    config.stabilisers = Stabilisers {
        d_steps_per_g_step: 2,
        generator_ema: Some(EmaConfig { half_life_images: 100.0, ramp_up: 0.5 }),
        instance_noise: cosine(0.2, 0.0, 0.5),
        augmentation: Augmentation {
            brightness: 0.2,
            saturation: 0.0,
            contrast: 0.5,
            translation: 0.25,
            cutout: 0.5,
        },
        max_grad_norm: Some(1.0),
        mirror: true,
    };
    config.generator_adam.learning_rate = cosine(2e-3, 5e-4, 0.75);
    config.discriminator_adam.beta_2 = cosine(0.9, 0.99, 1.0);
    config
}

#[test]
fn a_run_with_every_stabiliser_resumes_to_the_bit_on_both_cpu_backends() {
    for (backend, device) in devices::both() {
        let new = || Trainer::new(everything().for_data(small::images()).unwrap(), &device);
        let mut unbroken = new();
        small::advance(&mut unbroken, 40);
        assert!(unbroken.report().is_ok());
        let expected = unbroken.checkpoint().unwrap();
        for stop in [0, 1, 17, 39] {
            let mut stopped = new();
            small::advance(&mut stopped, stop);
            let bytes = stopped.checkpoint().unwrap();
            let mut resumed = Trainer::from_checkpoint(&bytes, small::images(), &device).unwrap();
            small::advance(&mut resumed, 40 - stop);
            assert!(resumed.checkpoint().unwrap() == expected, "{backend}, stopped at {stop}");
            assert_eq!(resumed.snapshot("1").as_bytes(), unbroken.snapshot("1").as_bytes());
        }
    }
}

#[test]
fn each_stabiliser_changes_the_run_and_none_of_them_is_on_by_default() {
    let after = |config: TrainingConfig| {
        let mut trainer = Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex());
        small::advance(&mut trainer, 5);
        let bytes = trainer.checkpoint().unwrap();
        let file = gan_weights::WeightFile::parse(&bytes).unwrap();
        let weights: Vec<f32> =
            file.tensor("discriminator.hidden.0.weight", &[16, 8]).unwrap().try_to_vec().unwrap();
        weights
    };
    let plain = after(small::config());
    type Change = fn(&mut TrainingConfig);
    let changes: [(&str, Change); 10] = [
        ("augmentation", |c| c.stabilisers.augmentation.translation = 0.25),
        ("r1", |c| c.penalties.r1_gamma = 1.0.into()),
        ("r2", |c| c.penalties.r2_gamma = 1.0.into()),
        ("wgan-gp", |c| {
            c.penalties.gradient_penalty = Some(GradientPenalty::Interpolates { lambda: 10.0 });
        }),
        ("weight clip", |c| c.penalties.weight_clip = Some(0.01)),
        ("smoothing", |c| c.penalties.real_target = 0.9),
        ("d steps", |c| c.stabilisers.d_steps_per_g_step = 2),
        ("noise", |c| c.stabilisers.instance_noise = 0.1.into()),
        ("mirror", |c| c.stabilisers.mirror = true),
        ("clipping", |c| c.stabilisers.max_grad_norm = Some(1e-6)),
    ];
    for (name, change) in changes {
        let mut config = small::config();
        change(&mut config);
        assert_ne!(after(config), plain, "{name}");
    }
}

#[test]
fn a_cosine_runs_from_one_value_to_the_other_and_stays_there() {
    let schedule = cosine(1.0, 0.2, 0.5);
    for (progress, value) in
        [(0.0, 1.0), (0.125, 0.88284271), (0.25, 0.6), (0.5, 0.2), (0.75, 0.2), (1.0, 0.2)]
    {
        assert!((schedule.at(progress) - value).abs() < 1e-8, "{}", schedule.at(progress));
    }
    assert_eq!(Schedule::cosine(1.0, 0.2), cosine(1.0, 0.2, 1.0));
    assert_eq!(Schedule::from(0.3).at(0.7), 0.3);
}

#[test]
fn schedules_are_relative_to_the_run_whatever_its_length() {
    let mut config = small::config();
    config.generator_adam.learning_rate = cosine(1e-2, 1e-3, 0.5);
    for (steps, taken) in [(40, 20), (8, 4)] {
        let config = TrainingConfig { steps, ..config.clone() }.for_data(small::images()).unwrap();
        let mut trainer = Trainer::new(config, &Device::flex());
        let mut rates = Vec::new();
        for _ in 0..taken {
            trainer.advance().unwrap();
            rates.push(trainer.gan().generator_adam.config.learning_rate);
        }
        assert!((rates[0] - 1e-2).abs() < 1e-12, "{steps}: {rates:?}");
        assert!((rates[taken / 2] - 5.5e-3).abs() < 1e-12, "{steps}: {rates:?}");
        trainer.advance().unwrap();
        assert_eq!(trainer.gan().generator_adam.config.learning_rate, 1e-3, "{steps}");
    }
}

#[test]
fn a_schedule_is_a_number_or_a_table_in_files() {
    let read = |text: &str| serde_json::from_str::<Schedule>(text);
    assert_eq!(read("0.3").unwrap(), Schedule::Constant(0.3));
    assert_eq!(read("2").unwrap(), Schedule::Constant(2.0));
    let text = r#"{"from": 1, "to": 0.1, "until": 0.5}"#;
    assert_eq!(read(text).unwrap(), cosine(1.0, 0.1, 0.5));
    let error = read(r#"{"from": 1, "too": 0.1, "until": 0.5}"#).unwrap_err();
    assert!(error.to_string().contains("from, to, until"), "{error}");
    assert_eq!(serde_json::to_string(&Schedule::Constant(0.001)).unwrap(), "0.001");
}

#[test]
fn a_schedule_is_read_from_a_flag_and_refused_with_how_to_write_it() {
    let read = |text: &str| text.parse::<Schedule>();
    assert_eq!(read("0.3"), Ok(Schedule::Constant(0.3)));
    assert_eq!(read("1:0.1"), Ok(cosine(1.0, 0.1, 1.0)));
    assert_eq!(read("1:0.1:0.25"), Ok(cosine(1.0, 0.1, 0.25)));
    for wrong in ["1:0.1:2000000", "1:0.1:0"] {
        assert!(read(wrong).unwrap_err().contains("fraction of the run"), "{wrong}");
    }
    for wrong in ["", "fast", "1:2:0.5:4", ":"] {
        assert!(read(wrong).unwrap_err().contains("FROM:TO:UNTIL"), "{wrong}");
    }
}

#[test]
fn the_average_is_what_its_formula_says_and_what_is_sampled_from() {
    for (backend, device) in devices::both() {
        let mut config = small::config();
        let ema = EmaConfig { half_life_images: 20.0, ramp_up: 0.0 };
        config.stabilisers.generator_ema = Some(ema);
        let mut trainer = Trainer::new(config.for_data(small::images()).unwrap(), &device);
        let weights = |trainer: &Trainer| -> BTreeMap<String, Vec<f32>> {
            let named = named_weights(&trainer.gan().generator, "");
            named.into_iter().map(|(name, data)| (name, data.try_to_vec().unwrap())).collect()
        };
        let mut expected = weights(&trainer);
        for _ in 0..6 {
            trainer.advance().unwrap();
            // Batches of 10, half-life 20: 2^(−1/2).
            let (old, new) = (0.5f64.sqrt(), 1.0 - 0.5f64.sqrt());
            for (name, values) in weights(&trainer) {
                for (average, value) in expected.get_mut(&name).unwrap().iter_mut().zip(values) {
                    *average = (f64::from(*average) * old + f64::from(value) * new) as f32;
                }
            }
        }
        let current = weights(&trainer);
        for (name, values) in small::generator_weights(&trainer) {
            for (found, expected) in values.iter().zip(&expected[&name]) {
                assert!((found - expected).abs() < 1e-6, "{backend}, {name}: {found} {expected}");
            }
            assert_ne!(values, current[&name], "{backend}, {name}");
        }
        let drawn = trainer.samples().into_data();
        let latents = trainer.config().generator.latent_space();
        let latents = latents.for_seeds(&(0..16).collect::<Vec<u64>>(), &device);
        let of_average =
            gan_model::Generate::generate(&trainer.generator(), latents, None).into_data();
        assert_eq!(drawn, of_average, "{backend}");
    }
}

#[test]
fn after_its_half_life_an_old_weight_counts_half_and_early_on_less() {
    let ema = EmaConfig { half_life_images: 1000.0, ramp_up: 0.0 };
    assert!((ema.decay(1000, 1000) - 0.5).abs() < 1e-12);
    assert!((ema.decay(100, 100).powi(10) - 0.5).abs() < 1e-12);
    let ramped = EmaConfig { ramp_up: 0.05, ..ema };
    assert!((ramped.decay(5, 100) - 0.5).abs() < 1e-12);
    assert_eq!(ramped.decay(5, 1_000_000), ema.decay(5, 1_000_000));
}

#[test]
fn several_updates_of_the_discriminator_see_as_many_images_more() {
    let mut config = small::config();
    config.stabilisers.d_steps_per_g_step = 3;
    let mut trainer = Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex());
    small::advance(&mut trainer, 4);
    assert_eq!((trainer.step(), trainer.images_seen()), (4, 120));
    let bytes = trainer.checkpoint().unwrap();
    let state = gan_weights::WeightFile::parse(&bytes).unwrap();
    let state: serde_json::Value =
        serde_json::from_str(state.metadata("gan-checkpoint").unwrap()).unwrap();
    assert_eq!(state["generator_adam_steps"], 4);
    assert_eq!(state["discriminator_adam_steps"], 12);
    assert!(Trainer::from_checkpoint(&bytes, small::images(), &Device::flex()).is_ok());
}

#[test]
fn clipped_weights_stay_within_their_limit_and_only_those_of_the_discriminator() {
    let mut config = small::config();
    config.loss = Loss::Wasserstein;
    config.penalties.weight_clip = Some(0.01);
    let mut trainer = Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex());
    small::advance(&mut trainer, 3);
    let largest = |weights: gan_weights::NamedTensors| {
        let values = weights.into_values().flat_map(|data| data.try_to_vec::<f32>().unwrap());
        values.fold(0.0f32, |largest, value| largest.max(value.abs()))
    };
    assert!(largest(named_weights(&trainer.gan().discriminator, "")) <= 0.01);
    assert!(largest(named_weights(&trainer.gan().generator, "")) > 0.1);
}

#[test]
fn gradients_beyond_the_limit_are_clipped_together_and_others_are_left_alone() {
    /// Two parameters, whose gradients have norm 5 together.
    #[derive(Module, Debug)]
    struct Two {
        a: Param<Tensor<1>>,
        b: Param<Tensor<1>>,
    }
    for (backend, device) in devices::both() {
        let on = device.autodiff();
        let moved = |limit: Option<f64>| {
            let mut two =
                Two { a: Param::from_data([0.0], &on), b: Param::from_data([0.0, 0.0], &on) };
            // One step without memory: the move is g / (|g| + 1).
            let config = AdamConfig { learning_rate: 1.0, beta_1: 0.0, beta_2: 0.0, epsilon: 1.0 };
            let mut adam = Adam::new(config);
            adam.limits = Limits { max_grad_norm: limit, weight_clip: None };
            let b = Tensor::<1>::from_data([0.0, 4.0], &on);
            let loss = two.a.val() * 3.0 + (two.b.val() * b).sum();
            let gradients = ParameterGradients::of(&loss, &two);
            assert!((gradients.norm().into_scalar::<f32>() - 5.0).abs() < 1e-6, "{backend}");
            adam.step(&mut two, gradients);
            let values = |param: &Param<Tensor<1>>| -> Vec<f32> {
                param.val().into_data().try_to_vec().unwrap()
            };
            [values(&two.a), values(&two.b)].concat()
        };
        for (limit, gradient) in
            [(None, [3.0, 4.0]), (Some(6.0), [3.0, 4.0]), (Some(0.5), [0.3, 0.4])]
        {
            let found = moved(limit);
            let expected = gradient.map(|g: f32| -g / (g + 1.0));
            assert!((found[0] - expected[0]).abs() < 1e-6, "{backend}, {limit:?}: {found:?}");
            assert_eq!(found[1], 0.0);
            assert!((found[2] - expected[1]).abs() < 1e-6, "{backend}, {limit:?}: {found:?}");
        }
        assert_eq!(moved(None), moved(Some(6.0)));
    }
}

#[test]
fn instance_noise_is_added_to_what_both_networks_see() {
    let device = Device::flex();
    let config = small::config();
    let gan = || -> Gan<_, _> {
        let trainer = small::trainer(&device);
        trainer.gan().clone()
    };
    let reals = Tensor::<4>::ones([10, 1, 4, 4], &device).mul_scalar(0.5);
    let noise = Tensor::<4>::ones([10, 1, 4, 4], &device).mul_scalar(0.25);
    let latents = config.generator.latent_space().batch(
        Rng::new(1),
        gan_random::Stream::DiscriminatorLatents,
        0,
        10,
        &device,
    );
    let plain = || Batch::new(reals.clone(), latents.clone());
    let report = |batch| gan().update_discriminator(batch).unwrap();
    let noisy = || Augment::default().with_noise(noise.clone());
    let on_reals = report(Batch { real_augment: noisy(), ..plain() });
    let on_fakes = report(Batch { fake_augment: noisy(), ..plain() });
    let shifted = report(Batch { reals: reals.clone() + noise.clone(), ..plain() });
    let plain = report(plain());
    assert_eq!(on_reals.real_logits.to_data(), shifted.real_logits.to_data());
    assert_ne!(on_reals.real_logits.to_data(), plain.real_logits.to_data());
    assert_eq!(on_reals.fake_logits.to_data(), plain.fake_logits.to_data());
    assert_eq!(on_fakes.real_logits.to_data(), plain.real_logits.to_data());
    assert_ne!(on_fakes.fake_logits.to_data(), plain.fake_logits.to_data());
}

#[test]
fn images_seen_are_counted_and_survive_a_change_of_batch_size_and_a_checkpoint() {
    let device = Device::flex();
    let mut trainer = small::trainer(&device);
    small::advance(&mut trainer, 3);
    assert_eq!(trainer.images_seen(), 30);
    let config = TrainingConfig { batch_size: 25, ..small::config() };
    trainer.reconfigure(config).unwrap();
    small::advance(&mut trainer, 2);
    assert_eq!(trainer.images_seen(), 80);
    let bytes = trainer.checkpoint().unwrap();
    let mut resumed = Trainer::from_checkpoint(&bytes, small::images(), &device).unwrap();
    assert_eq!((resumed.step(), resumed.images_seen()), (5, 80));
    small::advance(&mut resumed, 1);
    assert_eq!(resumed.images_seen(), 105);
    assert_eq!(resumed.snapshot("1").info().images_seen, 105);
}

#[test]
fn a_run_can_be_given_an_average_or_lose_it_on_the_way() {
    let mut trainer = small::trainer(&Device::flex());
    small::advance(&mut trainer, 3);
    let mut config = small::config();
    let ema = EmaConfig { half_life_images: 20.0, ramp_up: 0.0 };
    config.stabilisers.generator_ema = Some(ema);
    let drawn = |trainer: &Trainer| trainer.samples().into_data();
    let without = drawn(&trainer);
    trainer.reconfigure(config).unwrap();
    // It begins where the generator stands.
    assert_eq!(drawn(&trainer), without);
    trainer.advance().unwrap();
    let with = drawn(&trainer);
    trainer.reconfigure(small::config()).unwrap();
    assert_ne!(drawn(&trainer), with);
}

#[test]
fn spectral_normalisation_follows_pytorch_over_five_updates_and_is_kept_in_checkpoints() {
    let fixture = Fixture::of_games();
    for (backend, device) in devices::both() {
        let on = device.clone().autodiff();
        let config = MlpDiscriminatorConfig {
            image_shape: [1, 4, 4],
            hidden: vec![8, 6],
            activation: Activation::Relu,
            spectral_norm: true,
            classes: Some(3),
            minibatch_std: false,
        };
        let blank = DiscriminatorConfig::Mlp(config).init(Rng::new(0), &on).unwrap();
        let discriminator = load_weights(blank, fixture.file(), "spectral.before.").unwrap();
        let images = |name: &str, device: &Device| -> Tensor<4> {
            fixture.tensor(&format!("spectral.{name}"), [5, 1, 4, 4], device)
        };
        let (loss, none) = (Loss::NonSaturating, Penalties::default());
        let mut gan = Fixed::against(discriminator, images("fakes", &on), loss, none);
        // Without memory and with an ε far above every gradient, Adam is gradient descent at 0.1.
        let adam = AdamConfig { learning_rate: 1e5, beta_1: 0.0, beta_2: 0.0, epsilon: 1e6 };
        gan.discriminator_adam = Adam::new(adam);
        let labels: Tensor<2> = fixture.tensor("spectral.labels", [5, 3], &device);
        let losses: Vec<f32> = (0..5)
            .map(|_| {
                let reals = Fixed::batch(images("reals", &device));
                let batch = Batch { labels: Some(labels.clone()), ..reals };
                gan.update_discriminator(batch).unwrap().loss.into_scalar()
            })
            .collect();
        let off = deviation(&losses, &fixture.values("spectral.losses", &[5]));
        assert!(off < 1e-5, "{backend}: losses off by {off:e}");
        for (name, data) in named_weights(&gan.discriminator, "") {
            let expected = fixture.values(&format!("spectral.after.{name}"), data.shape());
            let off = deviation(&data.try_to_vec::<f32>().unwrap(), &expected);
            eprintln!("{backend}: {name} off by {off:.1e}");
            assert!(off < 1e-4, "{backend}: {name} off by {off:e}");
        }
    }

    let mut config = small::config().with_classes(None);
    if let DiscriminatorConfig::Mlp(discriminator) = &mut config.discriminator {
        discriminator.spectral_norm = true;
    }
    let device = Device::flex();
    let mut unbroken = Trainer::new(config.for_data(small::images()).unwrap(), &device);
    small::advance(&mut unbroken, 3);
    let stopped = unbroken.checkpoint().unwrap();
    small::advance(&mut unbroken, 3);
    let mut resumed = Trainer::from_checkpoint(&stopped, small::images(), &device).unwrap();
    small::advance(&mut resumed, 3);
    assert!(unbroken.checkpoint().unwrap() == resumed.checkpoint().unwrap());
    let vectors = |bytes: &[u8]| {
        let file = gan_weights::WeightFile::parse(bytes).unwrap();
        file.values("discriminator.spectral.hidden.0.u", &[8, 1]).unwrap()
    };
    assert_ne!(vectors(&stopped), vectors(&unbroken.checkpoint().unwrap()));
}
