//! Every network that has a name trains, and a run of it resumes to the bit.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_model::{
    DcganDiscriminatorConfig, DcganGeneratorConfig, Discriminate, DiscriminatorConfig,
    GeneratorConfig, LatentDistribution, LatentSpace, Output, ResidualDiscriminatorConfig,
    ResidualGeneratorConfig, ResidualStages,
};
use gan_training::{Loss, PenaltyConfig, Preset, Trainer, TrainingConfig};
use gan_weights::named_weights;

use crate::small;

const IMAGE_SHAPE: [usize; 3] = [1, 8, 8];

pub fn networks() -> [(&'static str, GeneratorConfig, DiscriminatorConfig); 2] {
    let latents = LatentSpace { dim: 6, distribution: LatentDistribution::Uniform };
    let (image_shape, width, dense, classes) = (IMAGE_SHAPE, 4, vec![5, 6], None);
    let stages =
        ResidualStages { widths: vec![6, 4], blocks: 1, expansion: 2, group_width: 4, patch: 1 };
    [
        (
            "dcgan",
            GeneratorConfig::Dcgan(DcganGeneratorConfig {
                latents,
                image_shape,
                width,
                dense: dense.clone(),
                output: Output::Sigmoid,
                classes,
            }),
            DiscriminatorConfig::Dcgan(DcganDiscriminatorConfig {
                image_shape,
                width,
                dense,
                classes,
                minibatch_std: false,
            }),
        ),
        (
            "residual",
            GeneratorConfig::Residual(ResidualGeneratorConfig {
                latents,
                image_shape,
                stages: stages.clone(),
                output: Output::Sigmoid,
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

pub fn images() -> ImageSet {
    let bytes = (0..50 * 64).map(|i| if i % 64 / 8 == i / 64 % 8 { 220 } else { 10 }).collect();
    ImageSet::new("bars", IMAGE_SHAPE, bytes, None).unwrap()
}

#[test]
fn every_network_trains_with_both_penalties_and_resumes_to_the_bit() {
    let device = Device::flex();
    for (name, generator, discriminator) in networks() {
        let config = TrainingConfig { generator, discriminator, batch_size: 10, ..preset() };
        let mut unbroken = Trainer::new(config.for_data(images()).unwrap(), &device);
        let before = named_weights(&unbroken.gan().discriminator, "");
        small::advance(&mut unbroken, 1);
        let mut resumed =
            Trainer::from_checkpoint(&unbroken.checkpoint().unwrap(), images(), &device).unwrap();
        small::advance(&mut unbroken, 2);
        small::advance(&mut resumed, 2);
        assert!(unbroken.report().is_ok(), "{name}");
        assert!(unbroken.checkpoint().unwrap() == resumed.checkpoint().unwrap(), "{name}");
        let after = named_weights(&unbroken.gan().discriminator, "");
        // The output's bias alone has no say in a relativistic game.
        let still = before.iter().filter(|(weight, data)| after[*weight] == **data);
        let still: Vec<&str> = still.map(|(weight, _)| weight.as_str()).collect();
        assert!(still.iter().all(|weight| *weight == "output.bias"), "{name}: {still:?}");
    }
}

/// A relativistic game with R1 and R2, and an average of the generator.
pub fn preset() -> TrainingConfig {
    Preset::Mlp.config(IMAGE_SHAPE)
}

#[test]
fn a_discriminator_that_sees_the_whole_batch_tells_a_collapsed_one_and_offers_no_input_gradient() {
    let device = Device::flex();
    let (_, generator, discriminator) = networks().into_iter().next().unwrap();
    let DiscriminatorConfig::Dcgan(dcgan) = discriminator else { unreachable!("the first is one") };
    let sees_batch =
        DiscriminatorConfig::Dcgan(DcganDiscriminatorConfig { minibatch_std: true, ..dcgan });
    let config = TrainingConfig { generator, discriminator: sees_batch, ..preset() };
    let told = config.clone().for_data(images()).unwrap_err().to_string();
    assert!(told.contains("minibatch_std") && told.contains("whole batch"), "{told}");

    let config = TrainingConfig {
        batch_size: 10,
        penalties: PenaltyConfig::default(),
        loss: Loss::NonSaturating,
        ..config
    };
    let mut unbroken = Trainer::new(config.for_data(images()).unwrap(), &device);
    small::advance(&mut unbroken, 2);
    let mut resumed =
        Trainer::from_checkpoint(&unbroken.checkpoint().unwrap(), images(), &device).unwrap();
    small::advance(&mut unbroken, 1);
    small::advance(&mut resumed, 1);
    assert!(unbroken.checkpoint().unwrap() == resumed.checkpoint().unwrap());

    // The same image has another logit among others than among its likes.
    let discriminator = unbroken.gan().discriminator.valid();
    let image = images().batch(&[0], &device).unwrap();
    let first = |batch: Vec<Tensor<4>>| -> f32 {
        discriminator.logits(Tensor::cat(batch, 0), None).narrow(0, 0, 1).into_scalar()
    };
    let alike = first(vec![image.clone(), image.clone()]);
    let varied = first(vec![image, images().batch(&[1], &device).unwrap()]);
    assert_ne!(alike, varied);
    // It says itself that it has no input gradient, in place of logits that leave the batch out.
    assert!(
        discriminator.input_gradient(images().batch(&[0, 1], &device).unwrap(), None).is_none()
    );
}

#[test]
fn every_preset_trains_stops_and_resumes_to_the_bit() {
    let device = Device::flex();
    let places: Vec<[f32; 2]> = (0..50).map(|i| [(i % 5) as f32 - 2.0, (i % 7) as f32]).collect();
    for preset in Preset::ALL {
        let data = match preset {
            Preset::Points => ImageSet::of_points("places", &places).unwrap(),
            _ => images(),
        };
        let config = TrainingConfig { batch_size: 10, steps: 3, ..preset.config(data.shape()) };
        let config = config.for_data(data.clone()).unwrap();
        let mut unbroken = Trainer::new(config, &device);
        small::advance(&mut unbroken, 1);
        let stopped = unbroken.checkpoint().unwrap();
        small::advance(&mut unbroken, 2);
        let mut resumed = Trainer::from_checkpoint(&stopped, data, &device).unwrap();
        small::advance(&mut resumed, 2);
        let name = preset.name();
        assert!(unbroken.checkpoint().unwrap() == resumed.checkpoint().unwrap(), "{name}");
        assert_ne!(unbroken.checkpoint().unwrap(), stopped, "{name}");
    }
}
