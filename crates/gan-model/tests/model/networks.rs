//! The tutorial's networks: initial weights, shapes and ranges.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use gan_model::{
    Activation, Discriminate, DiscriminatorConfig, Generate, GeneratorConfig, MlpGeneratorConfig,
    Output,
};
use gan_random::{Rng, Stream};
use gan_weights::{WeightFile, load_weights, named_weights};

use crate::config::{discriminator, generator};
use crate::devices;

fn values(data: &TensorData) -> Vec<f32> {
    data.try_to_vec().unwrap()
}

#[test]
fn tensors_are_named_by_their_place_in_the_network() {
    let device = Device::flex();
    let generator = generator(3, &[4, 5], [1, 2, 2]).init(Rng::new(0), &device).unwrap();
    let names: Vec<String> = named_weights(&generator, "").into_keys().collect();
    assert_eq!(
        names,
        [
            "hidden.0.bias",
            "hidden.0.weight",
            "hidden.1.bias",
            "hidden.1.weight",
            "output.bias",
            "output.weight"
        ]
    );
    let discriminator = discriminator([1, 2, 2], &[4]).init(Rng::new(0), &device).unwrap();
    let names: Vec<String> = named_weights(&discriminator, "d.").into_keys().collect();
    assert_eq!(names, ["d.hidden.0.bias", "d.hidden.0.weight", "d.output.bias", "d.output.weight"]);
}

#[test]
fn initial_weights_are_glorot_uniform_and_biases_zero() {
    let device = Device::flex();
    let generator = generator(100, &[128], [1, 28, 28]).init(Rng::new(1), &device).unwrap();
    let discriminator = discriminator([1, 28, 28], &[128]).init(Rng::new(1), &device).unwrap();
    let cases = [
        (named_weights(&generator, ""), [("hidden.0", 100, 128), ("output", 128, 784)]),
        (named_weights(&discriminator, ""), [("hidden.0", 784, 128), ("output", 128, 1)]),
    ];
    for (weights, layers) in cases {
        for (name, fan_in, fan_out) in layers {
            let weight = &weights[&format!("{name}.weight")];
            assert_eq!(weight.shape().to_vec(), [fan_in, fan_out]);
            // Glorot & Bengio 2010, equation 16.
            let bound = (6.0 / (fan_in + fan_out) as f64).sqrt();
            let weight: Vec<f64> = values(weight).into_iter().map(f64::from).collect();
            let largest = weight.iter().fold(0.0, |max: f64, x| max.max(x.abs()));
            assert!(largest <= bound * (1.0 + 1e-7), "{name}: {largest} of {bound}");
            assert!(largest > bound * 0.95, "{name}: {largest} of {bound}");
            let variance = weight.iter().map(|x| x * x).sum::<f64>() / weight.len() as f64;
            let error = (variance / (bound * bound / 3.0) - 1.0).abs();
            assert!(error < 5.0 / (weight.len() as f64).sqrt(), "{name}: {error}");
            let bias = values(&weights[&format!("{name}.bias")]);
            assert_eq!(bias, vec![0.0; fan_out], "{name}");
        }
    }
}

#[test]
fn initial_weights_follow_from_the_seed_on_every_backend_to_the_bit() {
    let config = generator(10, &[16], [1, 8, 8]);
    let weights =
        |seed, device: &Device| named_weights(&config.init(Rng::new(seed), device).unwrap(), "");
    let flex = weights(5, &Device::flex());
    assert_eq!(flex, weights(5, &devices::ndarray()));
    assert_eq!(flex, weights(5, &Device::flex().autodiff()));
    assert_ne!(flex, weights(6, &Device::flex()));
    let first = Rng::new(5).uniform(Stream::GeneratorWeights, 0, 160, -1.0, 1.0);
    let bound = (6.0f32 / 26.0).sqrt();
    for (weight, unit) in values(&flex["hidden.0.weight"]).into_iter().zip(first) {
        assert!((weight - unit * bound).abs() < 1e-7);
    }
}

#[test]
fn a_generator_makes_images_in_zero_to_one_and_a_discriminator_unbounded_logits() {
    for (name, device) in devices::both() {
        let generator = generator(3, &[6], [2, 4, 5]).init(Rng::new(2), &device).unwrap();
        let latents = Tensor::<2>::ones([7, 3], &device).mul_scalar(1e3);
        let images = generator.generate(latents, None);
        assert_eq!(images.dims(), [7, 2, 4, 5], "{name}");
        let pixels = values(&images.clone().into_data());
        assert!(pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)), "{name}: {pixels:?}");

        let discriminator = discriminator([2, 4, 5], &[6]).init(Rng::new(2), &device).unwrap();
        let logits = discriminator.logits(images.mul_scalar(1e3), None);
        assert_eq!(logits.dims(), [7, 1], "{name}");
        assert!(values(&logits.into_data()).iter().any(|logit| logit.abs() > 1.0), "{name}");
    }
}

#[test]
fn a_generator_of_data_that_are_no_images_has_any_range_and_a_leaky_one_another_function() {
    let device = Device::flex();
    let latents = Tensor::<2>::ones([2, 3], &device).mul_scalar(1e3);
    let made = |change: fn(&mut MlpGeneratorConfig)| {
        let mut config = generator(3, &[6], [1, 2, 2]);
        if let GeneratorConfig::Mlp(config) = &mut config {
            change(config);
        }
        let generator = config.init(Rng::new(2), &device).unwrap();
        values(&generator.generate(latents.clone(), None).into_data())
    };
    let linear = made(|config| config.output = Output::Linear);
    assert!(linear.iter().any(|value| value.abs() > 1.0), "{linear:?}");
    let leaky = made(|config| {
        config.output = Output::Linear;
        config.activation = Activation::LeakyRelu;
    });
    assert_ne!(linear, leaky);
    // And both are functions of the same weights.
    let squashed = made(|_| {});
    for (x, y) in linear.iter().zip(squashed) {
        assert!((1.0 / (1.0 + (-x).exp()) - y).abs() < 1e-6);
    }
}

#[test]
fn a_hard_sigmoid_reaches_black_and_white() {
    let device = Device::flex();
    let latents = Tensor::<2>::ones([2, 3], &device).mul_scalar(1e3);
    let made = |output| {
        let mut config = generator(3, &[6], [1, 2, 2]);
        if let GeneratorConfig::Mlp(config) = &mut config {
            config.output = output;
        }
        let generator = config.init(Rng::new(2), &device).unwrap();
        values(&generator.generate(latents.clone(), None).into_data())
    };
    let clamped = made(Output::HardSigmoid);
    for (x, y) in made(Output::Linear).iter().zip(&clamped) {
        assert_eq!(*y, (x / 4.0 + 0.5).clamp(0.0, 1.0));
    }
    assert!(clamped.contains(&0.0) && clamped.contains(&1.0), "{clamped:?}");
}

#[test]
fn a_hard_sigmoid_passes_a_quarter_of_the_gradient_where_it_is_neither_black_nor_white() {
    let device = Device::flex().autodiff();
    let made = |output, latent: f32| {
        let mut config = generator(1, &[], [1, 1, 1]);
        if let GeneratorConfig::Mlp(config) = &mut config {
            config.output = output;
        }
        let generator = config.init(Rng::new(2), &device).unwrap();
        let latents = Tensor::<2>::full([1, 1], latent, &device).require_grad();
        let gradients = generator.generate(latents.clone(), None).sum().backward();
        values(&latents.grad(&gradients).unwrap().into_data())[0]
    };
    assert_eq!(made(Output::HardSigmoid, 0.1), made(Output::Linear, 0.1) / 4.0);
    assert_eq!(made(Output::HardSigmoid, 1e3), 0.0);
}

#[test]
fn a_network_computes_what_its_formula_says() {
    // 2 → 2 (ReLU) → 1, by hand: hidden = [1·1 + 2·3 + 0.5, 1·(−2) + 2·0 − 1]₊ = [7.5, 0].
    let device = Device::flex();
    let network = discriminator([1, 1, 2], &[2]).init(Rng::new(0), &device).unwrap();
    let weights = [
        ("hidden.0.weight", vec![1.0f32, -2.0, 3.0, 0.0], vec![2, 2]),
        ("hidden.0.bias", vec![0.5, -1.0], vec![2]),
        ("output.weight", vec![2.0, 100.0], vec![2, 1]),
        ("output.bias", vec![-3.0], vec![1]),
    ];
    let tensors = weights
        .into_iter()
        .map(|(name, values, shape)| (name.to_owned(), TensorData::new(values, shape)))
        .collect();
    let bytes = gan_weights::write_weight_file(&tensors, "note", "by hand".into());
    let file = WeightFile::parse(&bytes).unwrap();
    assert_eq!(file.metadata("note"), Some("by hand"));
    let network = load_weights(network, &file, "").unwrap();
    let image = Tensor::<4>::from_data([[[[1.0, 2.0]]]], &device);
    assert_eq!(values(&network.logits(image.clone(), None).into_data()), [12.0]);
    assert_eq!(network.num_params(), 9);
    // And so does its gradient: the second unit sleeps, the first passes 2 · [1, 3] back.
    let given = network.input_gradient(image.clone(), None).unwrap();
    assert_eq!(values(&given.logits.into_data()), [12.0]);
    assert_eq!(values(&given.gradient.into_data()), [2.0, 6.0]);

    // Leaky: 12 + 100 · 0.2 · (−3), and 0.2 · 100 · [−2, 0] on top of the gradient.
    let mut leaky = discriminator([1, 1, 2], &[2]);
    if let DiscriminatorConfig::Mlp(config) = &mut leaky {
        config.activation = Activation::LeakyRelu;
    }
    let leaky = leaky.init(Rng::new(0), &device).unwrap();
    let leaky = load_weights(leaky, &file, "").unwrap();
    let logit = values(&leaky.logits(image.clone(), None).into_data())[0];
    assert!((logit + 48.0).abs() < 1e-4, "{logit}");
    let gradient = values(&leaky.input_gradient(image, None).unwrap().gradient.into_data());
    assert!((gradient[0] + 38.0).abs() < 1e-4 && gradient[1] == 6.0, "{gradient:?}");
}

#[test]
fn a_discriminator_without_hidden_layers_has_the_same_gradient_everywhere() {
    let device = Device::flex();
    let network = discriminator([1, 1, 3], &[]).init(Rng::new(4), &device).unwrap();
    let images = Tensor::<4>::ones([2, 1, 1, 3], &device);
    let gradient = network.input_gradient(images, None).unwrap().gradient;
    assert_eq!(gradient.dims(), [2, 1, 1, 3]);
    let weights = values(&named_weights(&network, "")["output.weight"]);
    assert_eq!(values(&gradient.into_data()), [weights.clone(), weights].concat());
}
