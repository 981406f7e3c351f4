//! Adam and averages in one pass.

use burn::tensor::{Device, Tensor};
use gan_kernels::{AdamCoefficients, AdamState, adam_step, blend, reference};

use crate::values::{bits, random, tensor};

const NUMBERS: AdamCoefficients =
    AdamCoefficients { beta_1: 0.5, beta_2: 0.999, step_size: 2e-4, epsilon: 3e-10 };

type Step = fn(AdamState<2>, Tensor<2>, AdamCoefficients) -> AdamState<2>;

fn ten_steps(step: Step, shape: [usize; 2], beta_1: f64) -> [Vec<u32>; 3] {
    let device = Device::flex();
    let count = shape[0] * shape[1];
    let mut state = AdamState {
        parameter: tensor(&random(count, 1), shape, &device),
        moment_1: Tensor::zeros(shape, &device),
        moment_2: Tensor::zeros(shape, &device),
    };
    for seed in 0..10 {
        let mut gradient = random(count, seed + 2);
        gradient[0] = 0.0;
        state =
            step(state, tensor(&gradient, shape, &device), AdamCoefficients { beta_1, ..NUMBERS });
    }
    [bits(state.parameter), bits(state.moment_1), bits(state.moment_2)]
}

#[test]
fn ten_steps_have_the_bits_of_their_reference() {
    for shape in [[1, 1], [7, 1], [33, 5], [100, 128], [784, 128]] {
        for beta_1 in [0.5, 0.0] {
            let [kernel, reference] =
                [adam_step, reference::adam_step].map(|step: Step| ten_steps(step, shape, beta_1));
            assert_eq!(kernel, reference, "{shape:?}, β₁ = {beta_1}");
        }
    }
}

#[test]
fn what_others_hold_does_not_change() {
    let device = Device::flex();
    let held: Vec<Tensor<1>> = (0..4).map(|i| tensor(&random(50, i), [50], &device)).collect();
    let before: Vec<_> = held.iter().cloned().map(bits).collect();
    let state = AdamState {
        parameter: held[0].clone(),
        moment_1: held[1].clone(),
        moment_2: held[2].clone().powi_scalar(2),
    };
    let after = adam_step(state, held[3].clone(), NUMBERS);
    assert_ne!(bits(after.parameter), before[0]);
    assert_eq!(held.into_iter().map(bits).collect::<Vec<_>>(), before);
}

#[test]
fn a_nan_in_the_gradient_reaches_parameter_and_moments() {
    let device = Device::flex();
    let zeros = || Tensor::<1>::zeros([20], &device);
    let state = AdamState { parameter: zeros(), moment_1: zeros(), moment_2: zeros() };
    let mut gradient = vec![1.0; 20];
    gradient[17] = f32::NAN;
    let after = adam_step(state, tensor(&gradient, [20], &device), NUMBERS);
    for result in [after.parameter, after.moment_1, after.moment_2] {
        let result: Vec<f32> = result.into_data().try_into_vec::<f32>().unwrap();
        assert!(result.iter().enumerate().all(|(i, x)| x.is_nan() == (i == 17)));
    }
}

#[test]
fn an_average_has_the_bits_of_its_reference() {
    let device = Device::flex();
    for count in [1, 7, 33, 1025, 100_352] {
        let [average, value] = [1, 2].map(|seed| tensor(&random(count, seed), [count], &device));
        let kernel = bits(blend(average.clone(), value.clone(), 0.999));
        assert_eq!(kernel, bits(reference::blend(average, value, 0.999)), "{count} values");
    }
}
