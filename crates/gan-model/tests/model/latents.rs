//! Latents: what a seed draws.

use gan_model::{LatentDistribution, LatentSpace};
use gan_random::{Rng, Stream};

use crate::devices;

const SPACE: LatentSpace = LatentSpace { dim: 100, distribution: LatentDistribution::Uniform };

fn of_seeds(seeds: &[u64], device: &burn::tensor::Device) -> Vec<f32> {
    SPACE.for_seeds(seeds, device).into_data().try_to_vec().unwrap()
}

#[test]
fn a_seed_is_the_same_latent_in_any_company_on_any_backend() {
    let alone = of_seeds(&[12], &devices::ndarray());
    for (name, device) in devices::both() {
        let many: Vec<u64> = (0..40).collect();
        let among_many = of_seeds(&many, &device);
        assert_eq!(alone, among_many[12 * 100..13 * 100], "{name}");
        let backwards = of_seeds(&[99, 12, 3], &device);
        assert_eq!(alone, backwards[100..200], "{name}");
        assert_eq!(alone, of_seeds(&[12, 12], &device)[100..], "{name}");
    }
}

#[test]
fn a_seed_is_the_latent_that_the_reference_says() {
    // As in random.rs of gan-random: seed 0 of the stream of samples.
    let latent = of_seeds(&[0], &devices::ndarray());
    assert_eq!(latent[..4], [0.771_213_3, 0.237_410_19, 0.615_704_54, -0.714_081_65]);
}

#[test]
fn no_seeds_make_an_empty_batch() {
    for (name, device) in devices::both() {
        assert_eq!(SPACE.for_seeds(&[], &device).dims(), [0, 100], "{name}");
    }
}

#[test]
fn latents_lie_in_minus_one_to_one_and_differ_between_steps_and_halves_of_a_step() {
    let batch = |device: &burn::tensor::Device, stream, step| -> Vec<f32> {
        let latents = SPACE.batch(Rng::new(4), stream, step, 32, device);
        assert_eq!(latents.dims(), [32, 100]);
        latents.into_data().try_to_vec().unwrap()
    };
    let flex = burn::tensor::Device::flex();
    let latents = batch(&flex, Stream::GeneratorLatents, 5);
    assert!(latents.iter().all(|value| (-1.0..1.0).contains(value)));
    assert_eq!(latents, batch(&devices::ndarray(), Stream::GeneratorLatents, 5));
    assert_ne!(latents, batch(&flex, Stream::GeneratorLatents, 6));
    assert_ne!(latents, batch(&flex, Stream::DiscriminatorLatents, 5));
    // Nor is any latent of one batch another's.
    let mut firsts: Vec<u32> = latents.iter().step_by(100).map(|x| x.to_bits()).collect();
    firsts.sort_unstable();
    firsts.dedup();
    assert_eq!(firsts.len(), 32);
}

#[test]
fn normal_latents_are_those_of_the_reference_on_every_backend() {
    let space = LatentSpace { dim: 5, distribution: LatentDistribution::Normal };
    for (name, device) in devices::both() {
        let latent: Vec<f32> = space.for_seeds(&[0], &device).into_data().try_to_vec().unwrap();
        // What random_reference.py prints for seed 0 of the stream of samples.
        let reference = [-1.529_522_9, -1.413_076_3, 1.131_540_1, 1.420_774, -0.399_132_34];
        for (found, expected) in latent.iter().zip(reference) {
            assert!((found - expected).abs() < 1e-6, "{name}: {latent:?}");
        }
    }
}

#[test]
fn normal_latents_have_mean_0_and_deviation_1_and_no_end() {
    let values: Vec<f64> = Rng::new(1)
        .normal(Stream::GeneratorLatents, 0, 100_001)
        .into_iter()
        .map(f64::from)
        .collect();
    assert_eq!(values.len(), 100_001);
    let mean = |power: i32| values.iter().map(|x| x.powi(power)).sum::<f64>() / 100_001.0;
    // Within five standard errors: √(1/n), √(2/n), √(96/n).
    assert!(mean(1).abs() < 0.016, "{}", mean(1));
    assert!((mean(2) - 1.0).abs() < 0.023, "{}", mean(2));
    assert!((mean(4) - 3.0).abs() < 0.16, "{}", mean(4));
    assert!(values.iter().any(|x| x.abs() > 3.5) && values.iter().all(|x| x.abs() < 6.0));
}
