//! Every network that has a name trains, and a run of it resumes to the bit.

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_model::{
    DcganDiscriminatorConfig, DcganGeneratorConfig, DiscriminatorConfig, GeneratorConfig,
    LatentDistribution, LatentSpace, ResidualDiscriminatorConfig, ResidualGeneratorConfig,
    ResidualStages, named_weights,
};
use gan_training::{Preset, Trainer, TrainingConfig};

use crate::small;

const IMAGE_SHAPE: [usize; 3] = [1, 8, 8];

fn networks() -> [(&'static str, GeneratorConfig, DiscriminatorConfig); 2] {
    let latents = LatentSpace { dim: 6, distribution: LatentDistribution::Uniform };
    let (image_shape, width, classes) = (IMAGE_SHAPE, 4, None);
    let stages =
        ResidualStages { widths: vec![6, 4], blocks: 1, expansion: 2, group_width: 4, patch: 1 };
    [
        (
            "dcgan",
            GeneratorConfig::Dcgan(DcganGeneratorConfig { latents, image_shape, width, classes }),
            DiscriminatorConfig::Dcgan(DcganDiscriminatorConfig { image_shape, width, classes }),
        ),
        (
            "residual",
            GeneratorConfig::Residual(ResidualGeneratorConfig {
                latents,
                image_shape,
                stages: stages.clone(),
                classes,
            }),
            DiscriminatorConfig::Residual(ResidualDiscriminatorConfig {
                image_shape,
                stages,
                classes,
            }),
        ),
    ]
}

fn images() -> ImageSet {
    let bytes = (0..50 * 64).map(|i| if i % 64 / 8 == i / 64 % 8 { 220 } else { 10 }).collect();
    ImageSet::new("bars", IMAGE_SHAPE, bytes, None).unwrap()
}

#[test]
fn every_network_trains_with_both_penalties_and_resumes_to_the_bit() {
    let device = Device::flex();
    for (name, generator, discriminator) in networks() {
        let config = TrainingConfig { generator, discriminator, batch_size: 10, ..recipe() };
        let mut unbroken = Trainer::new(config, images(), &device).unwrap();
        let before = named_weights(&unbroken.gan().discriminator, "");
        small::advance(&mut unbroken, 1);
        let mut resumed =
            Trainer::from_checkpoint(&unbroken.checkpoint().unwrap(), images(), &device).unwrap();
        small::advance(&mut unbroken, 2);
        small::advance(&mut resumed, 2);
        assert!(unbroken.losses().is_ok(), "{name}");
        assert!(unbroken.checkpoint().unwrap() == resumed.checkpoint().unwrap(), "{name}");
        let after = named_weights(&unbroken.gan().discriminator, "");
        // The output's bias alone has no say in a relativistic game.
        let still = before.iter().filter(|(weight, data)| after[*weight] == **data);
        let still: Vec<&str> = still.map(|(weight, _)| weight.as_str()).collect();
        assert!(still.iter().all(|weight| *weight == "output.bias"), "{name}: {still:?}");
    }
}

/// A relativistic game with R1 and R2, and an average of the generator.
fn recipe() -> TrainingConfig {
    Preset::Mlp.config(IMAGE_SHAPE)
}
