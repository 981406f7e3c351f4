//! Augmentation of what the discriminator sees.

use burn::tensor::Tensor;
use gan_random::{Rng, Stream};
use gan_training::{Augment, AugmentParams, Augmentation};

use crate::devices;
use crate::fixture::{Fixture, deviation};

const SHAPE: [usize; 4] = [4, 2, 5, 6];

fn params(color: [f32; 3], shift: [i64; 2], hole: [i64; 2]) -> AugmentParams {
    let [brightness, saturation, contrast] = color;
    AugmentParams { brightness, saturation, contrast, shift, hole, hole_size: [3, 2] }
}

#[test]
fn augmentation_and_the_gradient_through_it_are_those_of_pytorch() {
    // The parameters of games_reference.py.
    let params = [
        params([0.25, 1.0, 1.5], [2, -1], [1, 2]),
        params([-0.4, 0.3, 0.5], [0, 3], [-1, 4]),
        params([0.0, 1.7, 1.0], [-5, 0], [4, -1]),
        params([0.1, 2.0, 1.25], [-1, -2], [3, 5]),
    ];
    let fixture = Fixture::of_games();
    for (backend, device) in devices::both() {
        let on = device.clone().autodiff();
        let images = fixture.tensor("augment.images", SHAPE, &on).require_grad();
        let weights: Tensor<4> = fixture.tensor("augment.weights", SHAPE, &on);
        let seen = Augment::new(&params, SHAPE, &device).apply(images.clone());
        let gradients = (seen.clone() * weights).sum().backward();
        let gradient = images.grad(&gradients).unwrap();
        for (name, tensor) in [("augment.seen", seen.inner()), ("augment.gradient", gradient)] {
            let found: Vec<f32> = tensor.into_data().try_to_vec().unwrap();
            let off = deviation(&found, &fixture.values(name, &SHAPE));
            assert!(off < 1e-5, "{backend}: {name} off by {off:e}");
        }
    }
}

#[test]
fn parameters_stay_within_their_bounds_and_reach_them() {
    let augmentation = Augmentation {
        brightness: 0.5,
        saturation: 1.0,
        contrast: 0.25,
        translation: 0.125,
        cutout: 0.5,
    };
    let shape = [2_000, 1, 28, 28];
    let draw = |index| augmentation.draw(Rng::new(3), Stream::RealAugment, index, shape);
    let params = draw(0);
    assert_eq!(params, draw(0));
    assert_ne!(params, draw(1));
    let extremes = |value: &dyn Fn(&AugmentParams) -> f64| {
        let values = params.iter().map(value);
        values.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)))
    };
    let within = |(low, high): (f64, f64), from: f64, to: f64, slack: f64| {
        assert!(low >= from && low <= from + slack, "{low} of {from}");
        assert!(high <= to && high >= to - slack, "{high} of {to}");
    };
    // Half of it: images lie in [0, 1], the paper's in [-1, 1].
    within(extremes(&|params| params.brightness.into()), -0.25, 0.25, 0.01);
    within(extremes(&|params| params.saturation.into()), 0.0, 2.0, 0.01);
    within(extremes(&|params| params.contrast.into()), 0.75, 1.25, 0.01);
    // 28 · 0.125 = 3.5, which rounds to 4.
    within(extremes(&|params| params.shift[0] as f64), -4.0, 4.0, 0.0);
    within(extremes(&|params| params.shift[1] as f64), -4.0, 4.0, 0.0);
    // The middle of a hole of 14 lies in the image.
    within(extremes(&|params| params.hole[0] as f64), -7.0, 20.0, 0.0);
    assert!(params.iter().all(|params| params.hole_size == [14, 14]));
}

#[test]
fn nothing_happens_to_images_that_are_not_augmented() {
    let device = burn::tensor::Device::flex();
    let images = Tensor::<4>::ones([1, 1, 2, 2], &device).mul_scalar(0.3);
    let params = Augmentation::default().draw(Rng::new(3), Stream::RealAugment, 0, [1, 1, 2, 2]);
    assert_eq!(params[0].hole_size, [0, 0]);
    let on = Tensor::from_inner(images.clone());
    let seen = Augment::new(&params, [1, 1, 2, 2], &device).apply(on).inner();
    assert_eq!(seen.into_data(), images.into_data());
}

#[test]
fn what_is_empty_is_mid_grey_as_in_the_paper() {
    let device = burn::tensor::Device::flex();
    let images = Tensor::<4>::ones([2, 1, 4, 4], &device);
    let moved = AugmentParams { hole_size: [0, 0], ..params([0.0, 1.0, 1.0], [0, 2], [0, 0]) };
    let cut = AugmentParams { hole_size: [4, 1], ..params([0.0, 1.0, 1.0], [0, 0], [0, 3]) };
    let augment = Augment::new(&[moved, cut], [2, 1, 4, 4], &device);
    let seen = augment.apply(Tensor::from_inner(images)).inner();
    let seen: Vec<f32> = seen.into_data().try_to_vec().unwrap();
    for row in seen[..16].chunks(4) {
        assert_eq!(row, [0.5, 0.5, 1.0, 1.0]);
    }
    for row in seen[16..].chunks(4) {
        assert_eq!(row, [1.0, 1.0, 1.0, 0.5]);
    }
}
