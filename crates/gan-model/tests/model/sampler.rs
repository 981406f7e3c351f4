//! The sampler: seeds to images.

use burn::tensor::{Device, Tensor};
use gan_model::{
    Generate, GeneratorConfig, SampleError, SampleRequest, Sampler, Snapshot, SnapshotInfo, one_hot,
};
use gan_random::Rng;

use crate::config::generator;

fn sampler(config: &GeneratorConfig) -> Sampler {
    let device = Device::flex();
    Sampler::new(config.init(Rng::new(4), &device).unwrap(), config, &device)
}

fn values(images: Tensor<4>) -> Vec<f32> {
    images.into_data().try_to_vec().unwrap()
}

#[test]
fn a_seed_is_the_same_image_alone_and_among_six_hundred_others() {
    let sampler = sampler(&generator(5, &[6], [1, 4, 4]));
    let many = values(sampler.images(&SampleRequest::seeds(0..600)).unwrap());
    assert_eq!(many.len(), 600 * 16);
    for seed in [0, 255, 256, 599] {
        let alone = values(sampler.images(&SampleRequest::seeds([seed])).unwrap());
        assert_eq!(alone, many[seed as usize * 16..][..16], "{seed}");
    }
}

#[test]
fn seeds_of_a_conditional_generator_draw_seed_modulo_classes_unless_classes_are_given() {
    let config = generator(5, &[6], [1, 4, 4]).with_classes(Some(3));
    let (sampler, device) = (sampler(&config), Device::flex());
    let request = SampleRequest::seeds([0, 1, 5, u64::MAX]);
    assert_eq!(sampler.classes(&request), Ok(Some(vec![0, 1, 2, 0])));
    let latents = config.latent_space().for_seeds(&request.seeds, &device);
    let network = config.init(Rng::new(4), &device).unwrap();
    let expected = network.generate(latents.clone(), Some(one_hot(&[0, 1, 2, 0], 3, &device)));
    assert_eq!(values(sampler.images(&request).unwrap()), values(expected));

    let request = request.with_classes(vec![2, 2, 1, 0]);
    let expected = network.generate(latents, Some(one_hot(&[2, 2, 1, 0], 3, &device)));
    assert_eq!(values(sampler.images(&request).unwrap()), values(expected));
}

#[test]
fn truncation_scales_the_latents() {
    let config = generator(5, &[6], [1, 4, 4]);
    let sampler = sampler(&config);
    let whole = config.latent_space().for_seeds(&[7, 8], &Device::flex());
    let request = SampleRequest { truncation: 0.5, ..SampleRequest::seeds([7, 8]) };
    let half = sampler.latents(&request).unwrap();
    assert_eq!((half * 2.0).into_data(), whole.into_data());
}

#[test]
fn a_sampler_from_a_snapshot_draws_what_its_generator_draws() {
    let (config, device) = (generator(5, &[6], [1, 4, 4]), Device::flex());
    let trained = config.init(Rng::new(4), &device).unwrap();
    let info = SnapshotInfo::new("1.2.3", config.clone(), "tutorial", "mnist", 4);
    let from_file = Sampler::from_snapshot(&Snapshot::new(info, &trained), &device).unwrap();
    let request = SampleRequest::seeds(0..4);
    assert_eq!(
        values(from_file.images(&request).unwrap()),
        values(sampler(&config).images(&request).unwrap())
    );
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_rule() {
    let plain = sampler(&generator(5, &[6], [1, 4, 4]));
    let conditional = sampler(&generator(5, &[6], [1, 4, 4]).with_classes(Some(3)));
    let seeds = |seeds: &[u64]| SampleRequest::seeds(seeds.iter().copied());
    let refusals = [
        (&plain, seeds(&[]), SampleError::NoSeeds),
        (&plain, seeds(&[1]).with_classes(vec![0]), SampleError::Unconditional),
        (
            &conditional,
            seeds(&[1, 2]).with_classes(vec![0, 3]),
            SampleError::Class { class: 3, classes: 3 },
        ),
        (
            &conditional,
            seeds(&[1, 2]).with_classes(vec![0]),
            SampleError::ClassCount { seeds: 2, classes: 1 },
        ),
    ];
    for (sampler, request, expected) in refusals {
        assert_eq!(sampler.images(&request).unwrap_err(), expected);
    }
    let request = SampleRequest { truncation: f32::NAN, ..seeds(&[1]) };
    assert!(matches!(plain.images(&request), Err(SampleError::Truncation(_))));
}
