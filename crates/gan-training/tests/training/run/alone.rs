//! Steps in which one of the networks stands still.

use burn::tensor::Device;
use gan_training::{EmaConfig, Learners, StepValues, Trainer};

use crate::small;

/// Weights of the generator, and of the first layer of the discriminator.
fn weights(trainer: &mut Trainer) -> [Vec<f32>; 2] {
    let generator = small::generator_weights(trainer).into_values().flatten().collect();
    [generator, small::discriminator_weight(trainer, "hidden.0.weight", &[16, 8])]
}

fn step(trainer: &mut Trainer, learners: Learners) -> StepValues {
    trainer.advance_with(learners).unwrap();
    let [values] = trainer.read_steps()[..] else { panic!("one step was taken") };
    values
}

#[test]
fn one_network_learns_what_it_would_in_any_step_and_the_other_stands_still() {
    let trainer = || small::trainer(&Device::flex());
    let (mut both, mut d_alone, mut g_alone) = (trainer(), trainer(), trainer());
    let [old_g, old_d] = weights(&mut both);
    step(&mut both, Learners::Both);
    step(&mut d_alone, Learners::Discriminator);
    step(&mut g_alone, Learners::Generator);
    let [_, new_d] = weights(&mut both);
    assert_eq!(weights(&mut d_alone), [old_g, new_d]);
    let [new_g, same_d] = weights(&mut g_alone);
    assert_eq!(same_d, old_d);
    assert_ne!(new_g, weights(&mut d_alone)[0]);
}

#[test]
fn a_step_of_one_alone_counts_and_reports_both() {
    let (mut both, mut alone) = (small::trainer(&Device::flex()), small::trainer(&Device::flex()));
    let expected = step(&mut both, Learners::Both);
    // The generator's loss comes after the discriminator's update, so that here all values agree.
    assert_eq!(step(&mut alone, Learners::Discriminator), expected);
    let images = alone.images_seen();
    let second = step(&mut alone, Learners::Generator);
    assert_eq!((second.step, alone.step(), alone.images_seen()), (2, 2, images));
    assert!(second.d_loss > 0.0 && second.g_grad_norm > 0.0);
}

#[test]
fn such_a_run_is_resumed_to_the_bit_and_its_average_follows_the_generator_alone() {
    let mut config = small::config();
    config.stabilisers.d_steps_per_g_step = 2;
    config.stabilisers.generator_ema = Some(EmaConfig { half_life_images: 50.0, ramp_up: 0.0 });
    let valid = config.for_data(small::images()).unwrap();
    let mut unbroken = Trainer::new(valid, &Device::flex());
    step(&mut unbroken, Learners::Both);
    let average = small::generator_weights(&unbroken);
    step(&mut unbroken, Learners::Discriminator);
    assert_eq!(small::generator_weights(&unbroken), average);
    let bytes = unbroken.checkpoint().unwrap();
    let mut resumed = Trainer::from_checkpoint(&bytes, small::images(), &Device::flex()).unwrap();
    for learners in [Learners::Generator, Learners::Both, Learners::Discriminator] {
        assert_eq!(step(&mut resumed, learners), step(&mut unbroken, learners));
    }
    assert_eq!(resumed.checkpoint().unwrap(), unbroken.checkpoint().unwrap());
}
