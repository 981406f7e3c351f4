//! Small runs: a set of synthetic images, networks for them, and how to look inside.

use std::collections::BTreeMap;

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_model::{
    Activation, DiscriminatorConfig, GeneratorConfig, LatentDistribution, LatentSpace,
    MlpDiscriminatorConfig, MlpGeneratorConfig, Output, Snapshot,
};
use gan_training::{Every, Preset, Trainer, TrainingConfig};
use gan_weights::{WeightFile, named_weights};

/// 50 grey images of 4 × 4, a bright bar in each.
pub fn images() -> ImageSet {
    let bytes = (0..50 * 16)
        .map(|i| if i % 16 / 4 == i / 16 % 4 { 200 + (i % 50) as u8 } else { (i % 7) as u8 })
        .collect();
    ImageSet::new("bars", [1, 4, 4], bytes, None).unwrap()
}

/// The tutorial's preset, on networks of 6 → 8 → 16 and 16 → 8 → 1, batches of 10.
pub fn config() -> TrainingConfig {
    let image_shape = [1, 4, 4];
    TrainingConfig {
        generator: GeneratorConfig::Mlp(MlpGeneratorConfig {
            latents: LatentSpace { dim: 6, distribution: LatentDistribution::Uniform },
            hidden: vec![8],
            image_shape,
            classes: None,
            activation: Activation::Relu,
            output: Output::Sigmoid,
        }),
        discriminator: DiscriminatorConfig::Mlp(MlpDiscriminatorConfig {
            image_shape,
            hidden: vec![8],
            classes: None,
            activation: Activation::Relu,
            spectral_norm: false,
            minibatch_std: false,
        }),
        batch_size: 10,
        steps: 40,
        seed: 3,
        report_every: Every(8),
        samples_every: Every(16),
        snapshot_every: Every(20),
        checkpoint_every: Every(10),
        ..Preset::Tutorial.config(image_shape)
    }
}

pub fn trainer(device: &Device) -> Trainer {
    Trainer::new(config().for_data(images()).unwrap(), device)
}

pub fn advance(trainer: &mut Trainer, steps: u64) {
    for _ in 0..steps {
        trainer.advance().unwrap();
    }
}

/// The generator's weights by name.
pub fn generator_weights(trainer: &Trainer) -> BTreeMap<String, Vec<f32>> {
    let snapshot: Snapshot = trainer.snapshot("0.0.0");
    let generator = snapshot.generator(&Device::flex()).unwrap();
    let weights = named_weights(&generator, "").into_iter();
    weights.map(|(name, data)| (name, data.try_to_vec().unwrap())).collect()
}

/// The discriminator's weight `name`, which is on file in checkpoints only.
pub fn discriminator_weight(trainer: &mut Trainer, name: &str, shape: &[usize]) -> Vec<f32> {
    let bytes = trainer.checkpoint().unwrap();
    let file = WeightFile::parse(&bytes).unwrap();
    file.tensor(&format!("discriminator.{name}"), shape).unwrap().try_to_vec().unwrap()
}
