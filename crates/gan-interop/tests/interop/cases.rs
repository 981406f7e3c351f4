//! Networks to compare, with inputs and what our own code makes of them.
//!
//! Weights are perturbed, so that no bias, scale or running statistic has the value that would hide
//! a mistake.

use burn::tensor::{Device, Tensor, TensorData};
use gan_interop::Network;
use gan_model::{
    DcganDiscriminatorConfig, Discriminate, Discriminator, DiscriminatorConfig, Generate,
    GeneratorConfig, Output, Snapshot, SnapshotInfo, one_hot,
};
use gan_random::{Rng, Stream};
use gan_training::Preset;
use gan_weights::{NamedTensors, WeightFile, load_weights, named_weights, write_weight_file};

/// More than one, and no power of two.
const BATCH: usize = 3;

/// A network, what goes in, and what comes out.
pub struct Case {
    pub name: String,
    pub network: Network,
    /// `[batch, …]`.
    pub input: TensorData,
    pub classes: Option<Vec<i64>>,
    /// What our own code makes of it.
    pub output: TensorData,
}

/// Both networks of every preset, with and without classes, and those parts that no preset has.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for preset in Preset::ALL {
        let shape = match preset {
            Preset::Points => [2, 1, 1],
            _ => [1, 28, 28],
        };
        let configs = [(preset.config(shape), ""), (preset.conditional(shape, 10), "-conditional")];
        for (config, suffix) in configs {
            let name = format!("{}{suffix}", preset.name());
            cases.push(generator(format!("{name}-generator"), &config.generator));
            cases.push(discriminator(format!("{name}-discriminator"), &config.discriminator));
        }
    }
    let mlp = Preset::Tutorial.conditional([1, 28, 28], 10);
    cases.push(generator("hard-sigmoid-generator".to_owned(), &hard_sigmoid(mlp.generator)));
    let spectral = match mlp.discriminator {
        DiscriminatorConfig::Mlp(mut mlp) => {
            (mlp.spectral_norm, mlp.minibatch_std) = (true, true);
            DiscriminatorConfig::Mlp(mlp)
        }
        other => other,
    };
    cases.push(discriminator("spectral-discriminator".to_owned(), &spectral));
    let colour = dcgan_without_dense([3, 32, 32]);
    cases.push(discriminator("colour-discriminator".to_owned(), &colour));
    cases
}

/// A generator of `config` with perturbed weights, as a snapshot.
pub fn snapshot(config: &GeneratorConfig) -> Snapshot {
    let blank = config.init(Rng::new(7), &device()).expect("a possible network");
    let info = SnapshotInfo::new("0.0.0", config.clone(), "test", "nothing", 7);
    Snapshot::from_tensors(&info, &perturbed(named_weights(&blank, ""))).expect("the same tensors")
}

/// `generator`'s images of the first seeds.
pub fn images(snapshot: &Snapshot, latents: Tensor<2>) -> Tensor<4> {
    let labels = snapshot.info().generator.classes().map(labels);
    snapshot.generator(&device()).expect("a sound snapshot").generate(latents, labels)
}

pub fn device() -> Device {
    Device::flex()
}

pub fn latents(config: &GeneratorConfig) -> Tensor<2> {
    config.latent_space().for_seeds(&(0..BATCH as u64).collect::<Vec<_>>(), &device())
}

fn generator(name: String, config: &GeneratorConfig) -> Case {
    let snapshot = snapshot(config);
    let generator = snapshot.generator(&device()).expect("a sound snapshot");
    let latents = latents(config);
    let about = [("preset".to_owned(), "test".to_owned())];
    Case {
        name,
        network: Network::generator(config, &generator, about),
        input: latents.clone().into_data(),
        classes: config.classes().map(|_| classes()),
        output: images(&snapshot, latents).into_data(),
    }
}

fn discriminator(name: String, config: &DiscriminatorConfig) -> Case {
    let blank = config.init(Rng::new(8), &device()).expect("a possible network");
    let bytes = write_weight_file(&perturbed(named_weights(&blank, "")), "test", String::new());
    let file = WeightFile::parse(&bytes).expect("just written");
    let discriminator: Discriminator = load_weights(blank, &file, "").expect("the same tensors");
    let [channels, height, width] = config.image_shape();
    let shape = [BATCH, channels, height, width];
    let values = Rng::new(9).uniform(Stream::Samples, 0, shape.iter().product(), 0.0, 1.0);
    let images = Tensor::<4>::from_data(TensorData::new(values, shape), &device());
    let labels = config.classes().map(labels);
    Case {
        name,
        network: Network::discriminator(config, &discriminator, []),
        input: images.clone().into_data(),
        classes: config.classes().map(|_| classes()),
        output: discriminator.logits(images, labels).into_data(),
    }
}

fn perturbed(mut tensors: NamedTensors) -> NamedTensors {
    for (index, (name, data)) in tensors.iter_mut().enumerate() {
        let values: &[f32] = data.as_slice().expect("weights are f32");
        let noise = Rng::new(10).normal(Stream::Samples, index as u64, values.len());
        let mut values: Vec<f32> = values.iter().zip(noise).map(|(x, n)| x + 0.05 * n).collect();
        if name.ends_with("running_var") {
            values.iter_mut().for_each(|variance| *variance = variance.abs() + 0.5);
        }
        *data = TensorData::new(values, data.shape().to_vec());
    }
    tensors
}

fn classes() -> Vec<i64> {
    vec![7, 0, 9]
}

fn labels(count: usize) -> Tensor<2> {
    let classes: Vec<usize> = classes().iter().map(|&class| class as usize).collect();
    one_hot(&classes, count, &device())
}

fn hard_sigmoid(config: GeneratorConfig) -> GeneratorConfig {
    match config {
        GeneratorConfig::Mlp(mut mlp) => {
            mlp.output = Output::HardSigmoid;
            GeneratorConfig::Mlp(mlp)
        }
        other => other,
    }
}

fn dcgan_without_dense(image_shape: [usize; 3]) -> DiscriminatorConfig {
    DiscriminatorConfig::Dcgan(DcganDiscriminatorConfig {
        image_shape,
        width: 4,
        dense: Vec::new(),
        classes: Some(10),
        minibatch_std: true,
    })
}

/// The largest difference between two equally long lists.
pub fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
