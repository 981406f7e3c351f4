//! Configurations: every number of a run is checked before anything starts.

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_model::{ConfigError, DiscriminatorConfig, GeneratorConfig};
use gan_training::{
    AdamSchedule, EmaConfig, Every, GradientPenalty, Loss, Preset, Schedule, Trainer,
    TrainingConfig,
};

use crate::small;

/// One rule: the field that its message names, and a change that breaks it.
type Rule = (&'static str, fn(&mut TrainingConfig));

fn generator(config: &mut TrainingConfig) -> &mut gan_model::MlpGeneratorConfig {
    match &mut config.generator {
        GeneratorConfig::Mlp(mlp) => mlp,
        other => panic!("{other:?}"),
    }
}

fn discriminator(config: &mut TrainingConfig) -> &mut gan_model::MlpDiscriminatorConfig {
    match &mut config.discriminator {
        DiscriminatorConfig::Mlp(mlp) => mlp,
        other => panic!("{other:?}"),
    }
}

fn cosine(from: f64, to: f64) -> Schedule {
    Schedule::cosine(from, to)
}

fn check(config: TrainingConfig) -> Result<(), ConfigError> {
    config.for_data(small::images()).map(|_| ())
}

const RULES: &[Rule] = &[
    ("latents.dim", |c| generator(c).latents.dim = 0),
    ("hidden", |c| generator(c).hidden = vec![8, 0]),
    ("hidden", |c| generator(c).hidden = vec![usize::MAX]),
    ("image_shape", |c| generator(c).image_shape = [1, 0, 4]),
    ("hidden", |c| discriminator(c).hidden = vec![0]),
    ("discriminator.image_shape", |c| discriminator(c).image_shape = [1, 2, 8]),
    ("generator_adam.learning_rate", |c| c.generator_adam.learning_rate = 0.0.into()),
    ("generator_adam.learning_rate", |c| c.generator_adam.learning_rate = (-1e-3).into()),
    ("discriminator_adam.learning_rate", |c| c.discriminator_adam.learning_rate = f64::NAN.into()),
    ("discriminator_adam.learning_rate", |c| {
        c.discriminator_adam.learning_rate = f64::INFINITY.into();
    }),
    ("generator_adam.beta_1", |c| c.generator_adam.beta_1 = 1.0),
    ("generator_adam.beta_1", |c| c.generator_adam.beta_1 = -0.1),
    ("discriminator_adam.beta_1", |c| c.discriminator_adam.beta_1 = f64::NAN),
    ("generator_adam.beta_2", |c| c.generator_adam.beta_2 = 1.5.into()),
    ("discriminator_adam.beta_2", |c| c.discriminator_adam.beta_2 = 1.0.into()),
    ("generator_adam.epsilon", |c| c.generator_adam.epsilon = 0.0),
    ("discriminator_adam.epsilon", |c| c.discriminator_adam.epsilon = f64::INFINITY),
    ("penalties.r1_gamma", |c| c.penalties.r1_gamma = (-1.0).into()),
    ("penalties.r2_gamma", |c| c.penalties.r2_gamma = f64::NAN.into()),
    ("penalties.r1_gamma", |c| c.penalties.r1_gamma = cosine(1.0, -1.0)),
    ("penalties.gradient_penalty.lambda", |c| {
        c.penalties.gradient_penalty = Some(GradientPenalty::Interpolates { lambda: 0.0 });
    }),
    ("penalties.gradient_penalty.std", |c| {
        let penalty = GradientPenalty::Dragan { lambda: 10.0, std: -1.0 };
        c.penalties.gradient_penalty = Some(penalty);
    }),
    ("penalties.weight_clip", |c| c.penalties.weight_clip = Some(0.0)),
    ("penalties.weight_clip", |c| {
        c.penalties.weight_clip = Some(0.01);
        c.penalties.r1_gamma = 1.0.into();
    }),
    ("penalties.weight_clip", |c| {
        c.penalties.weight_clip = Some(0.01);
        c.penalties.gradient_penalty = Some(GradientPenalty::Interpolates { lambda: 10.0 });
    }),
    ("penalties.real_target", |c| c.penalties.real_target = 1.1),
    ("penalties.real_target", |c| c.penalties.real_target = 0.0),
    ("penalties.real_target", |c| {
        c.penalties.real_target = 0.9;
        c.loss = Loss::Hinge;
    }),
    ("stabilisers.d_steps_per_g_step", |c| c.stabilisers.d_steps_per_g_step = 0),
    ("stabilisers.d_steps_per_g_step", |c| c.stabilisers.d_steps_per_g_step = u64::MAX),
    ("stabilisers.generator_ema.half_life_images", |c| {
        c.stabilisers.generator_ema = Some(EmaConfig { half_life_images: 0.0, ramp_up: 0.0 });
    }),
    ("stabilisers.generator_ema.ramp_up", |c| {
        c.stabilisers.generator_ema = Some(EmaConfig { half_life_images: 1e3, ramp_up: -0.1 });
    }),
    ("stabilisers.instance_noise", |c| c.stabilisers.instance_noise = (-0.1).into()),
    ("stabilisers.augmentation.cutout", |c| c.stabilisers.augmentation.cutout = 1.5),
    ("stabilisers.augmentation.contrast", |c| c.stabilisers.augmentation.contrast = f64::NAN),
    ("stabilisers.max_grad_norm", |c| c.stabilisers.max_grad_norm = Some(-1.0)),
    ("generator_adam.learning_rate", |c| c.generator_adam.learning_rate = cosine(1e-3, 0.0)),
    ("batch_size", |c| c.batch_size = 0),
    ("steps", |c| c.steps = 0),
    ("report_every", |c| c.report_every = Every(0)),
];

#[test]
fn a_number_that_breaks_a_rule_is_refused_with_its_field_named() {
    assert_eq!(check(small::config()), Ok(()));
    for (index, &(field, break_it)) in RULES.iter().enumerate() {
        let mut config = small::config();
        break_it(&mut config);
        let error = check(config).unwrap_err();
        assert_eq!(error.field, field, "rule {index}: {error}");
    }
}

#[test]
fn numbers_at_the_edge_of_a_rule_are_allowed() {
    let mut config = small::config();
    config.generator_adam =
        AdamSchedule { beta_1: 0.0, beta_2: 0.0.into(), ..config.generator_adam };
    config.samples_every = Every(0);
    config.snapshot_every = Every(0);
    config.checkpoint_every = Every(0);
    config.steps = u64::MAX;
    config.seed = u64::MAX;
    config.batch_size = 50;
    let mut trainer = Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex());
    small::advance(&mut trainer, 2);
    assert!(trainer.report().is_ok());
}

#[test]
fn a_configuration_that_does_not_fit_the_data_is_refused() {
    let refused = |config: TrainingConfig, images: ImageSet| config.for_data(images).unwrap_err();
    let wide = ImageSet::new("wide", [1, 2, 8], vec![0; 800], None).unwrap();
    let error = refused(small::config(), wide);
    assert_eq!(error.field, "generator.image_shape");
    assert!(error.to_string().contains("wide"), "{error}");
    let error = refused(TrainingConfig { batch_size: 51, ..small::config() }, small::images());
    assert_eq!(error.field, "batch_size");
}

#[test]
fn every_preset_is_possible_and_found_by_its_name() {
    for preset in Preset::ALL {
        let config = preset.config([1, 28, 28]);
        let data = ImageSet::new("blank", [1, 28, 28], vec![0; 300 * 784], None).unwrap();
        assert!(config.clone().for_data(data).is_ok(), "{}", preset.name());
        assert_eq!(config.preset, preset.name());
        assert_eq!(Preset::named(preset.name()), Some(preset));
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<TrainingConfig>(&text).unwrap(), config);
    }
    assert_eq!(Preset::named("nothing"), None);
}

#[test]
fn images_of_ones_own_get_a_preset_and_sizes_that_suit_them() {
    assert_eq!(Preset::suited_to([64, 64]), Preset::Dcgan);
    assert_eq!(Preset::suited_to([28, 28]), Preset::Dcgan);
    // Too small, no size that a DCGAN takes, not square.
    for size in [[8, 8], [16, 16], [48, 48], [32, 64]] {
        assert_eq!(Preset::suited_to(size), Preset::Mlp, "{size:?}");
    }
    for (size, is_kept) in
        [([12, 20], true), ([32, 32], true), ([48, 48], false), ([28, 20], false)]
    {
        assert_eq!(Preset::is_suited_to(size), is_kept, "{size:?}");
    }
    let sized = |shape, images, time| {
        let config = Preset::Dcgan.config(shape).sized_for(images, time);
        let (GeneratorConfig::Dcgan(generator), DiscriminatorConfig::Dcgan(discriminator)) =
            (&config.generator, &config.discriminator)
        else {
            panic!("a DCGAN stays one")
        };
        assert_eq!(generator.width, discriminator.width);
        let augmentation = config.stabilisers.augmentation;
        (generator.width, config.batch_size, !augmentation.is_none(), augmentation.saturation)
    };
    assert_eq!(sized([1, 28, 28], 60_000, None), (32, 64, false, 0.0));
    assert_eq!(sized([1, 28, 28], 9_999, None), (32, 64, true, 0.0));
    assert_eq!(sized([3, 64, 64], 3_786, None), (16, 64, true, 1.0));
    assert_eq!(sized([3, 64, 64], 40, None), (16, 40, true, 1.0));
    let five_minutes = Some(std::time::Duration::from_mins(5));
    assert_eq!(sized([3, 64, 64], 3_786, five_minutes), (8, 32, true, 1.0));
    // All that is chosen is possible.
    for side in [28, 32, 56, 64, 128] {
        let shape = [3, side, side];
        let data = ImageSet::new("few", shape, vec![0; 20 * 3 * side * side], None).unwrap();
        Preset::Dcgan.config(shape).sized_for(20, None).for_data(data).unwrap();
    }
}

#[test]
fn points_have_no_mirror_image() {
    let mut config = Preset::Points.config([2, 1, 1]);
    config.stabilisers.mirror = true;
    let data = ImageSet::of_points("ring", &[[0.0, 1.0]; 300]).unwrap();
    let error = config.for_data(data).unwrap_err();
    assert_eq!(error.field, "stabilisers.mirror");
}

#[test]
fn the_tutorials_preset_is_the_tutorials() {
    let names = ["tutorial", "mlp", "wgan-gp", "dcgan", "r3-small", "r3", "points"];
    assert_eq!(Preset::ALL.map(Preset::name), names);
    let config = Preset::Tutorial.config([1, 28, 28]);
    let json = serde_json::to_value(&config).unwrap();
    let adam =
        serde_json::json!({"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8});
    assert_eq!(json["generator"]["network"], "mlp");
    assert_eq!(json["generator"]["latents"]["dim"], 100);
    assert_eq!(json["generator"]["latents"]["distribution"], "uniform");
    assert_eq!(json["generator"]["hidden"], serde_json::json!([128]));
    assert_eq!(json["discriminator"]["hidden"], serde_json::json!([128]));
    assert_eq!(json["loss"], "non-saturating");
    assert_eq!(json["generator_adam"], adam);
    assert_eq!(json["discriminator_adam"], adam);
    assert_eq!(json["batch_size"], 100);
    assert_eq!(json["steps"], 60_000);
    assert_eq!(json["report_every"], 1_000);
}

#[test]
fn a_configuration_comes_back_from_its_file_to_the_bit() {
    let mut config = TrainingConfig { loss: Loss::Textbook, ..small::config() };
    // Numbers that need all 17 digits.
    for (index, bits) in [0x3f50_624d_d2f1_a9fdu64, 0x3f2a_36e2_eb1c_432d, 0x3e45_798e_e230_8c3b]
        .into_iter()
        .enumerate()
    {
        for offset in 0..50 {
            let number = f64::from_bits(bits + offset * 0x1234_5678 + index as u64);
            config.generator_adam.learning_rate = number.into();
            config.discriminator_adam.epsilon = number;
            let text = serde_json::to_string_pretty(&config).unwrap();
            let back: TrainingConfig = serde_json::from_str(&text).unwrap();
            assert_eq!(back, config, "{text}");
        }
    }
}

#[test]
fn a_configuration_comes_back_from_its_file_with_every_digit_that_a_person_writes() {
    // Up to 15 significant digits, which decimal and binary always agree on.
    let mut config = TrainingConfig { loss: Loss::Textbook, ..small::config() };
    for digits in [1u64, 2, 97, 314_159, 123_456_789_012_345, 999_999_999_999_999] {
        for exponent in -20..=0 {
            let number: f64 = format!("{digits}e{exponent}").parse().unwrap();
            config.generator_adam.learning_rate = number.into();
            config.discriminator_adam.epsilon = number;
            let text = serde_json::to_string_pretty(&config).unwrap();
            let back: TrainingConfig = serde_json::from_str(&text).unwrap();
            assert_eq!(back, config, "{text}");
        }
    }
}

#[test]
fn an_unknown_key_is_refused_by_name_wherever_it_stands() {
    for path in [
        "",
        "/generator",
        "/generator/latents",
        "/discriminator",
        "/generator_adam",
        "/penalties",
        "/stabilisers",
    ] {
        let mut json = serde_json::to_value(small::config()).unwrap();
        json.pointer_mut(path).unwrap()["learning_rat"] = 0.1.into();
        let error = serde_json::from_value::<TrainingConfig>(json).unwrap_err();
        assert!(error.to_string().contains("learning_rat"), "{path}: {error}");
    }
}

#[test]
fn an_interval_is_due_at_its_multiples_and_zero_is_never() {
    let due = |every: u64| -> Vec<u64> {
        (0..13).filter(|&step| step > 0 && Every(every).due(step)).collect()
    };
    assert_eq!(due(4), [4, 8, 12]);
    assert_eq!(due(1).len(), 12);
    assert!(due(0).is_empty());
}
