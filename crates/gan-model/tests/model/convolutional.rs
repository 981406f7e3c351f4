//! DCGAN and residual networks: initial weights, batch norm, labels, files, and what is refused.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gan_model::{
    DcganDiscriminatorConfig, DcganGeneratorConfig, Discriminate, DiscriminatorConfig, Generate,
    GeneratorConfig, LatentDistribution, LatentSpace, Output, ResidualGeneratorConfig,
    ResidualStages, Snapshot, SnapshotInfo,
};
use gan_random::Rng;
use gan_weights::{learned_weights, load_weights, named_weights};

use crate::devices;
use crate::gradients::cases;
use crate::reference::{Reference, deviation, values};

const LATENTS: LatentSpace = LatentSpace { dim: 4, distribution: LatentDistribution::Uniform };

fn stages(widths: &[usize]) -> ResidualStages {
    ResidualStages { widths: widths.to_vec(), blocks: 1, expansion: 2, group_width: 4, patch: 1 }
}

fn residual(image_shape: [usize; 3], stages: ResidualStages) -> GeneratorConfig {
    let classes = None;
    GeneratorConfig::Residual(ResidualGeneratorConfig {
        latents: LATENTS,
        image_shape,
        stages,
        output: Output::Sigmoid,
        classes,
    })
}

fn dcgan(image_shape: [usize; 3], width: usize) -> GeneratorConfig {
    let (latents, dense, output, classes) = (LATENTS, vec![], Output::Sigmoid, None);
    GeneratorConfig::Dcgan(DcganGeneratorConfig {
        latents,
        image_shape,
        width,
        dense,
        output,
        classes,
    })
}

#[test]
fn parameters_are_counted_as_they_are_built() {
    let device = Device::flex();
    for (name, generator, discriminator) in cases() {
        let built = generator.init(Rng::new(0), &device).unwrap();
        assert_eq!(generator.parameter_count(), Ok(built.num_params()), "{name}");
        let built = discriminator.init(Rng::new(0), &device).unwrap();
        assert_eq!(discriminator.parameter_count(), Ok(built.num_params()), "{name}");
    }
    // Radford et al.'s for 64 pixels, as PyTorch's example counts it, and its running statistics.
    let latents = LatentSpace { dim: 100, ..LATENTS };
    let paper = DcganGeneratorConfig {
        latents,
        image_shape: [3, 64, 64],
        width: 128,
        dense: vec![],
        output: Output::Sigmoid,
        classes: None,
    };
    let count = GeneratorConfig::Dcgan(paper).parameter_count();
    let norms = 2 * (1024 + 512 + 256 + 128);
    let kernels = 16 * (100 * 1024 + 1024 * 512 + 512 * 256 + 256 * 128 + 128 * 3);
    assert_eq!(count, Ok(kernels + 2 * norms + 3));
}

#[test]
fn networks_make_images_of_28_32_and_64_pixels_in_one_or_three_colours() {
    let device = Device::flex();
    for side in [28, 32, 64] {
        for channels in [1, 3] {
            let shape = [channels, side, side];
            let halvings = if side == 64 { 4 } else { 2 };
            for config in [dcgan(shape, 1), residual(shape, stages(&vec![2; halvings + 1]))] {
                let network = config.init(Rng::new(1), &device).unwrap();
                let latents = LATENTS.for_seeds(&[0, 1], &device);
                let images = network.generate(latents, None);
                assert_eq!(images.dims(), [2, channels, side, side]);
                let pixels = values(images.into_data());
                assert!(pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
            }
        }
    }
}

#[test]
fn initial_weights_follow_from_the_seed_on_every_backend_to_the_bit() {
    for (name, generator, discriminator) in cases() {
        let weights = |seed, device: &Device| {
            let rng = Rng::new(seed);
            let mut all = named_weights(&generator.init(rng, device).unwrap(), "g.");
            all.extend(named_weights(&discriminator.init(rng, device).unwrap(), "d."));
            all
        };
        let flex = weights(5, &Device::flex());
        assert_eq!(flex, weights(5, &devices::ndarray()), "{name}");
        assert_eq!(flex, weights(5, &Device::flex().autodiff()), "{name}");
        assert_ne!(flex, weights(6, &Device::flex()), "{name}");
    }
}

#[test]
fn a_dcgans_initial_weights_are_the_papers_before_batch_norm_and_hes_elsewhere() {
    let mut generator = dcgan([3, 32, 32], 32);
    if let GeneratorConfig::Dcgan(config) = &mut generator {
        config.dense = vec![50, 60];
    }
    let discriminator = DiscriminatorConfig::Dcgan(DcganDiscriminatorConfig {
        image_shape: [3, 32, 32],
        width: 16,
        dense: vec![50],
        classes: None,
        minibatch_std: false,
    });
    let (rng, device) = (Rng::new(1), Device::flex());
    let mut weights = named_weights(&generator.init(rng, &device).unwrap(), "g.");
    weights.extend(named_weights(&discriminator.init(rng, &device).unwrap(), "d."));
    for (name, data) in weights {
        // Of a fully connected layer `[inputs, outputs]`, of a convolution `[outputs, inputs, side, side]`.
        let he = match data.shape()[..] {
            [inputs, _] => (2.0 / inputs as f64).sqrt(),
            [_, inputs, height, width] => (2.0 / (inputs * height * width) as f64).sqrt(),
            _ => 0.0,
        };
        let numbers: Vec<f64> = values(data).into_iter().map(f64::from).collect();
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let deviation = (numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
        let (expected_mean, expected_deviation) = match name.as_str() {
            name if name.ends_with("bias") => (0.0, 0.0),
            name if name.contains("dense") || name.starts_with("d.downsample") => (0.0, he),
            name if name.ends_with("gamma") => (1.0, 0.02),
            name if name.ends_with("weight") || name == "g.project" => (0.0, 0.02),
            name if name.ends_with("running_var") => (1.0, 0.0),
            _ => (0.0, 0.0),
        };
        // Five standard errors are enough for a fixed seed.
        let tolerance = 5.0 * expected_deviation.max(1e-9) / n.sqrt();
        let close = |found: f64, expected: f64| (found - expected).abs() < tolerance;
        assert!(close(mean, expected_mean), "{name}: mean {mean}");
        assert!(close(deviation, expected_deviation), "{name}: deviation {deviation}");
    }
}

#[test]
fn a_residual_networks_blocks_begin_as_the_identity() {
    let network = residual([1, 8, 8], stages(&[4, 4])).init(Rng::new(1), &Device::flex());
    for (name, data) in named_weights(&network.unwrap(), "") {
        let (numbers, count) = (values(data.clone()), data.num_elements());
        let mean_square = numbers.iter().map(|x| x * x).sum::<f32>() / count as f32;
        if name.ends_with("project.weight") || name.ends_with("bias") {
            assert_eq!(mean_square, 0.0, "{name}");
        } else if name.contains("blocks") {
            // He's variance 2 / (1 + 0.2²) / fan-in, times depth^(-1/2) for two blocks.
            let fan_in = data.shape()[1..].iter().product::<usize>() as f32;
            let expected = 2.0 / 1.04 / fan_in / 2.0f32.sqrt();
            let error = (mean_square / expected - 1.0).abs();
            assert!(error < 5.0 * (2.0 / count as f32).sqrt(), "{name}: {error}");
        }
    }
}

#[test]
fn batch_norm_trains_as_pytorchs_does_and_its_running_statistics_are_kept() {
    let device = Device::flex().autodiff();
    for (name, config, _) in cases().into_iter().filter(|(name, ..)| name.starts_with("dcgan")) {
        let (reference, case) = (Reference::new(), format!("{name}_generator"));
        let blank = config.init(Rng::new(0), &device).unwrap();
        let network = load_weights(blank, reference.file(), &format!("{case}.weights.")).unwrap();
        let latents = reference.tensor::<2>(&format!("{case}.latents"), &device);
        let labels = reference.labels(&case, &device);
        let images = network.generate(latents.clone(), labels.clone());
        reference.assert_close(images, &format!("{case}.training.images"), 1e-4);

        // The one step is in the file, and in the generator that comes out of it.
        let info = SnapshotInfo::new("1.2.3", config, "dcgan", "made", 0);
        let snapshot = Snapshot::new(info, &network);
        let plain = Device::flex();
        let restored = Snapshot::from_bytes(snapshot.as_bytes().to_vec()).unwrap();
        let restored = restored.generator(&plain).unwrap();
        let weights = named_weights(&restored, "");
        assert_eq!(weights, named_weights(&network, ""), "{name}");
        for (weight, data) in weights.iter().filter(|(name, _)| name.contains("running")) {
            let after = values(reference.data(&format!("{case}.training.{weight}")));
            let before = values(reference.data(&format!("{case}.weights.{weight}")));
            // Of the batch itself, where PyTorch estimates the variance that it was drawn from.
            let base = if name == "dcgan_classes" { 4 } else { 7 };
            let side = base << weight["norms.".len()..][..1].parse::<u32>().unwrap();
            let count = 3 * side * side;
            let share = if weight.ends_with("var") { 1.0 - 1.0 / count as f32 } else { 1.0 };
            let moved = before.iter().zip(&after);
            let expected: Vec<f32> = moved
                .map(|(before, after)| 0.9 * before + (after - 0.9 * before) * share)
                .collect();
            let off = deviation(&values(data.clone()), &expected);
            assert!(off < 1e-5, "{name}: {weight} off by {off}");
        }
        let (latents, labels) = (latents.inner(), labels.map(Tensor::inner));
        assert_eq!(
            restored.generate(latents.clone(), labels.clone()).into_data(),
            network.valid().generate(latents, labels).into_data(),
            "{name}"
        );
        // Adam has no moments for them.
        let learned = learned_weights(&network, "");
        assert!(learned.keys().all(|name| !name.contains("running")), "{name}");
        assert_eq!(
            learned.len() + weights.keys().filter(|it| it.contains("running")).count(),
            weights.len()
        );
    }
}

#[test]
fn snapshots_of_every_network_come_back_to_the_bit() {
    for (name, config, _) in cases() {
        let device = Device::flex();
        let network = config.init(Rng::new(3), &device).unwrap();
        let info = SnapshotInfo::new("1.2.3", config.clone(), "made", "made", 3);
        let file = Snapshot::new(info, &network).as_bytes().to_vec();
        let snapshot = Snapshot::from_bytes(file).unwrap();
        assert_eq!(snapshot.info().generator, config, "{name}");
        let restored = snapshot.generator(&device).unwrap();
        assert_eq!(named_weights(&network, ""), named_weights(&restored, ""), "{name}");
    }
}

#[test]
fn a_label_changes_what_a_conditional_network_makes_and_nothing_else() {
    let device = Device::flex();
    for (name, generator, discriminator) in cases() {
        let generator = generator.init(Rng::new(2), &device).unwrap();
        let network = discriminator.init(Rng::new(2), &device).unwrap();
        let latents = LATENTS.for_seeds(&[7, 7, 7], &device);
        let labels = Tensor::<2>::from_data(
            [[1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0], [0.0; 5]],
            &device,
        );
        let images = generator.generate(latents.clone(), Some(labels.clone()));
        let unlabelled = values(generator.generate(latents, None).into_data());
        let pixels = values(images.clone().into_data());
        let third = pixels.len() / 3;
        // No class at all is what missing labels are.
        assert_eq!(pixels[2 * third..], unlabelled[2 * third..], "{name}");
        let same = images.slice(0..1).repeat_dim(0, 3);
        let logits = values(network.logits(same.clone(), Some(labels.clone())).into_data());
        let no_labels = values(network.logits(same.clone(), None).into_data());
        assert!((logits[2] - no_labels[2]).abs() < 1e-5, "{name}: {logits:?}, {no_labels:?}");
        let gradient = network.input_gradient(same, Some(labels)).unwrap().gradient;
        let gradient = values(gradient.into_data());
        let differ = discriminator.classes().is_some();
        assert_eq!(pixels[..third] != pixels[third..2 * third], differ, "{name}");
        let scale = logits.iter().fold(0.0, |max: f32, x| max.max(x.abs()));
        let apart = (logits[0] - logits[1]).abs() > 1e-3 * scale;
        assert_eq!(apart, differ, "{name}: {logits:?}");
        assert_eq!(gradient[..third] != gradient[third..2 * third], differ, "{name}");
    }
}

#[test]
fn impossible_networks_are_refused_with_field_and_rule() {
    let with = |change: fn(&mut ResidualStages)| {
        let mut stages = stages(&[4, 4]);
        change(&mut stages);
        residual([1, 8, 8], stages)
    };
    let with_dense = |mut config: GeneratorConfig, width| {
        if let GeneratorConfig::Dcgan(config) = &mut config {
            config.dense = vec![8, width];
        }
        config
    };
    let conditional = |mut config: GeneratorConfig, classes| {
        match &mut config {
            GeneratorConfig::Mlp(config) => config.classes = Some(classes),
            GeneratorConfig::Dcgan(config) => config.classes = Some(classes),
            GeneratorConfig::Residual(config) => config.classes = Some(classes),
        }
        config
    };
    let refused = [
        ("image_shape", "square", dcgan([1, 28, 32], 8)),
        ("image_shape", "28, 32, 64", dcgan([1, 48, 48], 8)),
        ("image_shape", "28, 32, 64", dcgan([1, 7, 7], 8)),
        ("image_shape", "2^24", dcgan([1, 0, 0], 8)),
        ("image_shape", "2^24", dcgan([1, usize::MAX, usize::MAX], 8)),
        ("width", "1 channel", dcgan([1, 28, 28], 0)),
        ("dense", "between", with_dense(dcgan([1, 28, 28], 2), 0)),
        ("dense", "between", with_dense(dcgan([1, 28, 28], 2), usize::MAX)),
        ("width", "2^31", dcgan([1, 28, 28], usize::MAX)),
        ("width", "2^31", dcgan([1, 28, 28], 1 << 20)),
        ("image_shape", "2 divides", residual([1, 7, 7], stages(&[4, 4]))),
        ("image_shape", "8 divides", residual([1, 28, 28], stages(&[4; 4]))),
        ("stages.widths", "16 stages", residual([1, 8, 8], stages(&[]))),
        ("stages.widths", "16 stages", residual([1, 8, 8], stages(&[4; 70]))),
        ("stages.widths", "channels", residual([1, 8, 8], stages(&[4, 0]))),
        ("stages.widths", "channels", residual([1, 8, 8], stages(&[usize::MAX]))),
        ("stages.widths", "2^31", residual([1, 8, 8], stages(&[1 << 18]))),
        ("stages.blocks", "between", with(|it| it.blocks = 0)),
        ("stages.expansion", "between", with(|it| it.expansion = usize::MAX)),
        ("stages.patch", "between", with(|it| it.patch = 0)),
        ("image_shape", "6 divides", with(|it| it.patch = 3)),
        ("stages.group_width", "between", with(|it| it.group_width = 0)),
        ("stages.group_width", "groups", with(|it| it.group_width = 3)),
        ("classes", "1", conditional(dcgan([1, 28, 28], 2), 0)),
        ("classes", "2^31", conditional(dcgan([1, 28, 28], 2), usize::MAX)),
        ("classes", "1", conditional(residual([1, 8, 8], stages(&[4])), 0)),
        ("classes", "1", conditional(crate::config::generator(4, &[4], [1, 2, 2]), 0)),
        ("classes", "2^31", conditional(crate::config::generator(4, &[4], [1, 2, 2]), 1 << 40)),
    ];
    for (index, (field, rule, config)) in refused.into_iter().enumerate() {
        let error = config.check().unwrap_err();
        assert_eq!(error.field, field, "{index}: {error}");
        assert!(error.rule.contains(rule), "{index}: {error}");
        assert!(config.init(Rng::new(0), &Device::flex()).is_err(), "{index}");
    }
}

#[test]
fn a_description_without_classes_is_unconditional_and_stays_as_it_is() {
    for (name, generator, discriminator) in cases() {
        let json = serde_json::to_string(&generator).unwrap();
        assert_eq!(serde_json::from_str::<GeneratorConfig>(&json).unwrap(), generator, "{name}");
        assert_eq!(json.contains("classes"), generator.classes().is_some(), "{name}");
        let json = serde_json::to_string(&discriminator).unwrap();
        let read: DiscriminatorConfig = serde_json::from_str(&json).unwrap();
        assert_eq!(read, discriminator, "{name}");
        assert_eq!(json.contains("classes"), discriminator.classes().is_some(), "{name}");
    }
}
