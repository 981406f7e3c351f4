//! Adam on its own.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use gan_training::{Adam, AdamConfig, ParameterGradients};

use crate::devices;
use crate::fixture::{Fixture, deviation};

const CONFIG: AdamConfig =
    AdamConfig { learning_rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 };
const STEPS: usize = 25;

/// Two parameters; their gradients are whatever the test wants.
#[derive(Module, Debug)]
struct Two {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

impl Two {
    fn new(fixture: &Fixture, device: &Device) -> Self {
        let device = device.clone().autodiff();
        Self {
            weight: Param::from_data(fixture.data("adam.initial.weight", &[4, 3]), &device),
            bias: Param::from_data(fixture.data("adam.initial.bias", &[3]), &device),
        }
    }

    fn weight(&self) -> Vec<f32> {
        self.weight.val().into_data().try_to_vec().unwrap()
    }

    fn bias(&self) -> Vec<f32> {
        self.bias.val().into_data().try_to_vec().unwrap()
    }
}

#[test]
fn adam_follows_the_reference_for_gradients_of_all_sizes() {
    let fixture = Fixture::new();
    for (backend, device) in devices::both() {
        let on = device.clone().autodiff();
        let weight_gradients = fixture.tensor("adam.gradients.weight", [STEPS, 4, 3], &on);
        let bias_gradients = fixture.tensor("adam.gradients.bias", [STEPS, 3], &on);
        let weight_path = fixture.values("adam.path.weight", &[STEPS, 4, 3]);
        let bias_path = fixture.values("adam.path.bias", &[STEPS, 3]);
        let (mut two, mut adam) = (Two::new(&fixture, &device), Adam::new(CONFIG));
        let mut worst = 0.0f64;
        for step in 0..STEPS {
            // The gradient of ⟨parameter, g⟩ is g.
            let weight = weight_gradients.clone().slice([step..step + 1, 0..4, 0..3]);
            let bias = bias_gradients.clone().slice([step..step + 1, 0..3]);
            let loss = (two.weight.val() * weight.reshape([4, 3])).sum()
                + (two.bias.val() * bias.reshape([3])).sum();
            let gradients = ParameterGradients::of(&loss, &two);
            adam.step(&mut two, gradients);

            let off = deviation(&two.weight(), &weight_path[step * 12..][..12]);
            let off_bias = deviation(&two.bias(), &bias_path[step * 3..][..3]);
            worst = worst.max(off).max(off_bias);
        }
        eprintln!("{backend}: Adam off by {worst:.1e}");
        assert!(worst < 1e-5, "{backend}: off by {worst:e}");
    }
}

#[test]
fn a_parameter_without_a_gradient_stays() {
    let fixture = Fixture::new();
    let (mut two, mut adam) = (Two::new(&fixture, &Device::flex()), Adam::new(CONFIG));
    let (weight, bias) = (two.weight(), two.bias());
    for _ in 0..3 {
        let loss = two.bias.val().sum();
        let gradients = ParameterGradients::of(&loss, &two);
        adam.step(&mut two, gradients);
    }
    assert_eq!(two.weight(), weight);
    assert_ne!(two.bias(), bias);
    // And it can still be trained afterwards.
    let loss = two.weight.val().sum();
    let gradients = ParameterGradients::of(&loss, &two);
    adam.step(&mut two, gradients);
    assert_ne!(two.weight(), weight);
}

#[test]
fn a_gradient_of_zero_moves_nothing() {
    let fixture = Fixture::new();
    for (backend, device) in devices::both() {
        let (mut two, mut adam) = (Two::new(&fixture, &device), Adam::new(CONFIG));
        let weight = two.weight();
        let loss = two.weight.val().mul_scalar(0.0).sum() + two.bias.val().sum();
        let gradients = ParameterGradients::of(&loss, &two);
        adam.step(&mut two, gradients);
        assert_eq!(two.weight(), weight, "{backend}");
    }
}

#[test]
fn the_first_step_is_the_learning_rate_whatever_the_size_of_the_gradient() {
    // m̂ / √v̂ = ±1 on the first step, as long as ε is small beside the gradient.
    let fixture = Fixture::new();
    for scale in [1e-3, 1.0, 1e3] {
        let (mut two, mut adam) = (Two::new(&fixture, &Device::flex()), Adam::new(CONFIG));
        let before = two.bias();
        let loss = two.bias.val().mul_scalar(scale).sum();
        let gradients = ParameterGradients::of(&loss, &two);
        adam.step(&mut two, gradients);
        for (before, after) in before.into_iter().zip(two.bias()) {
            assert!((before - after - 1e-3).abs() < 2e-8, "{}", before - after);
        }
    }
}
