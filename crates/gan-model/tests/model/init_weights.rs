//! Seeded weights of any module.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::Device;
use gan_model::init_weights;
use gan_random::{Rng, Stream};
use gan_weights::{NamedTensors, named_weights};

#[derive(Module, Debug)]
struct Own {
    layers: Vec<Linear>,
    convolution: Conv2d,
    norm: BatchNorm,
    classes: Embedding,
}

fn own(seed: u64, stream: Stream) -> NamedTensors {
    let device = Device::flex();
    let module = Own {
        layers: vec![
            LinearConfig::new(64, 32).init(&device),
            LinearConfig::new(64, 1).init(&device),
        ],
        convolution: Conv2dConfig::new([3, 8], [5, 5]).init(&device),
        norm: BatchNormConfig::new(8).init(&device),
        classes: EmbeddingConfig::new(50, 40).init(&device),
    };
    named_weights(&init_weights(module, Rng::new(seed), stream), "")
}

#[test]
fn they_follow_from_seed_stream_and_path() {
    let first = own(7, Stream::GeneratorWeights);
    assert_eq!(first, own(7, Stream::GeneratorWeights));
    for other in [own(8, Stream::GeneratorWeights), own(7, Stream::DiscriminatorWeights)] {
        let same: Vec<&String> = first.keys().filter(|name| first[*name] == other[*name]).collect();
        assert!(same.iter().all(|name| name.starts_with("norm.")), "{same:?}");
    }
    let values = |name: &str| -> Vec<f32> { first[name].iter::<f32>().collect() };
    assert_ne!(values("layers.0.weight")[..32], values("layers.1.weight")[..32]);
}

#[test]
fn they_have_the_distribution_of_burn() {
    let weights = own(7, Stream::GeneratorWeights);
    let values = |name: &str| -> Vec<f32> { weights[name].iter::<f32>().collect() };
    for (name, fan_in) in [
        ("layers.0.weight", 64.0),
        ("layers.0.bias", 64.0),
        ("layers.1.bias", 64.0),
        ("convolution.weight", 75.0),
        ("convolution.bias", 75.0),
    ] {
        let bound = 1.0 / f32::sqrt(fan_in);
        let largest = values(name).iter().fold(0.0, |largest: f32, value| largest.max(value.abs()));
        assert!(largest <= bound, "{name}: {largest} is above {bound}");
        assert!(values(name).len() < 100 || largest > 0.95 * bound, "{name}: {largest} of {bound}");
    }
    let of_classes = values("classes.weight");
    let count = of_classes.len() as f32;
    let variance = of_classes.iter().map(|value| value * value).sum::<f32>() / count;
    assert!((variance - 1.0).abs() < 0.15, "{variance}");
    // What is no random draw stays.
    assert_eq!(values("norm.gamma"), [1.0; 8]);
    assert_eq!(values("norm.beta"), [0.0; 8]);
}
