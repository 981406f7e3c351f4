//! Configurations: what no network can be built from is refused before it is built.

use gan_model::{
    Activation, ConfigError, DiscriminatorConfig, GeneratorConfig, LatentDistribution, LatentSpace,
    MlpDiscriminatorConfig, MlpGeneratorConfig, Output,
};
use gan_random::Rng;

use crate::devices;

pub fn generator(dim: usize, hidden: &[usize], image_shape: [usize; 3]) -> GeneratorConfig {
    let latents = LatentSpace { dim, distribution: LatentDistribution::Uniform };
    GeneratorConfig::Mlp(MlpGeneratorConfig {
        latents,
        hidden: hidden.to_vec(),
        image_shape,
        classes: None,
        activation: Activation::Relu,
        output: Output::Sigmoid,
    })
}

pub fn discriminator(image_shape: [usize; 3], hidden: &[usize]) -> DiscriminatorConfig {
    DiscriminatorConfig::Mlp(MlpDiscriminatorConfig {
        image_shape,
        hidden: hidden.to_vec(),
        classes: None,
        activation: Activation::Relu,
        spectral_norm: false,
        minibatch_std: false,
    })
}

#[test]
fn parameters_are_counted_without_building_the_network() {
    // The tutorial's: 100 → 128 → 784 and 784 → 128 → 1.
    assert_eq!(generator(100, &[128], [1, 28, 28]).parameter_count(), Ok(114_064));
    assert_eq!(discriminator([1, 28, 28], &[128]).parameter_count(), Ok(100_609));
    // No hidden layer at all is a network as well.
    assert_eq!(generator(3, &[], [1, 2, 2]).parameter_count(), Ok(16));
}

#[test]
fn an_impossible_network_is_refused_with_its_field_named() {
    let huge = usize::MAX;
    let generators = [
        ("latents.dim", generator(0, &[4], [1, 2, 2])),
        ("hidden", generator(4, &[4, 0], [1, 2, 2])),
        ("hidden", generator(4, &[huge], [1, 2, 2])),
        ("latents.dim", generator(huge, &[], [1, 2, 2])),
        ("parameters", generator(4, &[20_000, 20_000], [1, 2, 2])),
        ("hidden", generator(4, &[1 << 16, 1 << 16], [1, 2, 2])),
        ("image_shape", generator(4, &[4], [1, 0, 2])),
        ("image_shape", generator(4, &[4], [huge, huge, huge])),
        ("image_shape", generator(4, &[4], [3, 1 << 12, 1 << 12])),
    ];
    for (field, config) in generators {
        let error = config.check().unwrap_err();
        assert_eq!(error.field, field, "{error}");
        assert!(config.init(Rng::new(0), &devices::ndarray()).is_err());
    }
    let discriminators = [
        ("hidden", discriminator([1, 2, 2], &[0])),
        ("hidden", discriminator([1, 2, 2], &[huge, huge])),
        ("image_shape", discriminator([0, 2, 2], &[4])),
        ("image_shape", discriminator([2, huge, 2], &[4])),
    ];
    for (field, config) in discriminators {
        let error = config.check().unwrap_err();
        assert_eq!(error.field, field, "{error}");
        assert!(config.init(Rng::new(0), &devices::ndarray()).is_err());
    }
}

#[test]
fn a_refusal_says_field_value_and_rule() {
    let error: ConfigError = generator(0, &[4], [1, 2, 2]).check().unwrap_err();
    assert_eq!(error.to_string(), "latents.dim is 0, but a latent has 1 to 65,536 numbers");
}

#[test]
fn an_unknown_key_of_a_configuration_is_refused_by_name() {
    let text = r#"{"network": "mlp", "latents": {"dim": 4, "distribution": "uniform"},
                   "hidden": [4], "image_shape": [1, 2, 2], "activation": "relu",
                   "output": "sigmoid", "hiden": [8]}"#;
    let error = serde_json::from_str::<GeneratorConfig>(text).unwrap_err();
    assert!(error.to_string().contains("hiden"), "{error}");
    let without = text.replace(r#", "hiden": [8]"#, "");
    let config: GeneratorConfig = serde_json::from_str(&without).unwrap();
    assert_eq!(config, generator(4, &[4], [1, 2, 2]));
    let again = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<GeneratorConfig>(&again).unwrap(), config);
}
