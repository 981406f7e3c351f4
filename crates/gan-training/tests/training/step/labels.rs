//! Conditional networks.

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_model::DiscriminatorConfig;
use gan_training::{Preset, Trainer, TrainingConfig};

use crate::small;

/// 40 images of 8 × 8, each brighter the higher its class.
fn labelled(classes: u32) -> ImageSet {
    let labels: Vec<u32> = (0..40).map(|i| i % classes).collect();
    let bytes = (0..40 * 64).map(|i| (i % 4) as u8 * 50 + (i % 11) as u8).collect();
    ImageSet::new("shades", [1, 8, 8], bytes, Some(labels)).unwrap()
}

fn conditional() -> TrainingConfig {
    TrainingConfig { batch_size: 10, ..Preset::Tutorial.config([1, 8, 8]) }.with_classes(Some(4))
}

#[test]
fn a_conditional_run_of_every_preset_learns_from_labels_and_resumes_to_the_bit() {
    let device = Device::flex();
    for preset in Preset::ALL {
        let config = TrainingConfig { batch_size: 10, ..preset.config([1, 8, 8]) };
        let config = config.with_classes(Some(4));
        let mut unbroken = Trainer::new(config.clone().for_data(labelled(4)).unwrap(), &device);
        small::advance(&mut unbroken, 1);
        let stopped = unbroken.checkpoint().unwrap();
        small::advance(&mut unbroken, 1);
        let mut resumed = Trainer::from_checkpoint(&stopped, labelled(4), &device).unwrap();
        small::advance(&mut resumed, 1);
        let name = preset.name();
        assert_eq!(resumed.checkpoint().unwrap(), unbroken.checkpoint().unwrap(), "{name}");

        // Other labels, another run.
        let mut other = Trainer::new(config.for_data(labelled(3)).unwrap(), &device);
        small::advance(&mut other, 2);
        assert_ne!(other.checkpoint().unwrap(), unbroken.checkpoint().unwrap(), "{name}");
    }
}

#[test]
fn classes_are_refused_that_the_data_or_the_other_network_does_not_know() {
    let refusal = |config: &TrainingConfig, data: &ImageSet| {
        config.clone().for_data(data.clone()).unwrap_err().to_string()
    };
    assert!(conditional().for_data(labelled(4)).is_ok());
    let told = refusal(&small::config().with_classes(Some(4)), &small::images());
    assert!(told.contains("bars has no labels"), "{told}");
    let told = refusal(&conditional().with_classes(Some(3)), &labelled(4));
    assert!(told.contains("has 4 classes"), "{told}");
    let mut config = conditional();
    if let DiscriminatorConfig::Mlp(discriminator) = &mut config.discriminator {
        discriminator.classes = None;
    }
    assert!(refusal(&config, &labelled(4)).contains("discriminator.classes"));
}
