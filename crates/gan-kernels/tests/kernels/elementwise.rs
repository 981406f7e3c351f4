//! Functions of single values: how exact they are, everywhere.

use burn::tensor::{Device, Tensor};
use gan_kernels::{Activation, activate, exp, log_sigmoid, reference};

use crate::values::{ACTIVATIONS, assert_close, random, tensor, values};

/// Floats of every exponent and both signs, dense where functions bend, and the special ones.
fn floats() -> Vec<f32> {
    let every = (0..=u32::MAX).step_by(40_961).map(f32::from_bits).filter(|x| x.is_finite());
    let dense = (-110_000..=110_000).map(|i| i as f32 / 1000.0);
    let special = [0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 1e-45];
    every.chain(dense).chain(special).collect()
}

/// The largest distance from the function in f64, in units of the last place (of normal values;
/// below those, of the smallest).
fn largest_error(ours: &[f32], floats: &[f32], function: impl Fn(f64) -> f64) -> f64 {
    let error = |(&ours, &x): (&f32, &f32)| {
        let exact = function(f64::from(x));
        assert!(!ours.is_nan(), "of {x}");
        if (exact as f32).is_infinite() || exact == 0.0 {
            assert_eq!(ours, exact as f32, "of {x}");
            return 0.0;
        }
        let exponent = exact.abs().log2().floor().max(-126.0);
        (f64::from(ours) - exact).abs() / (exponent - 23.0).exp2()
    };
    ours.iter().zip(floats).map(error).fold(0.0, f64::max)
}

fn flex(function: impl Fn(Tensor<1>) -> Tensor<1>, floats: &[f32]) -> Vec<f32> {
    values(function(tensor(floats, [floats.len()], &Device::flex())))
}

#[test]
fn exp_is_within_1_ulp_of_every_float() {
    let floats = floats();
    let error = largest_error(&flex(exp, &floats), &floats, f64::exp);
    eprintln!("exp: {error:.2} ulp");
    assert!(error < 1.0, "{error} ulp");
}

#[test]
fn sigmoid_is_within_3_ulp_of_every_float() {
    let floats = floats();
    let ours = flex(|x| activate(x, Activation::Sigmoid), &floats);
    let error = largest_error(&ours, &floats, |x| 1.0 / (1.0 + (-x).exp()));
    eprintln!("sigmoid: {error:.2} ulp");
    assert!(error < 3.0, "{error} ulp");
}

#[test]
fn log_sigmoid_is_within_3_ulp_of_every_float() {
    let floats = floats();
    let exact = |x: f64| x.min(0.0) - (-x.abs()).exp().ln_1p();
    let error = largest_error(&flex(log_sigmoid, &floats), &floats, exact);
    eprintln!("log sigmoid: {error:.2} ulp");
    assert!(error < 3.0, "{error} ulp");
}

#[test]
fn nan_stays_nan_at_every_place_of_a_vector() {
    for length in [1, 16, 37] {
        for place in 0..length {
            let mut values = random(length, 3);
            values[place] = f32::NAN;
            let mut results = vec![flex(exp, &values), flex(log_sigmoid, &values)];
            results.extend(ACTIVATIONS.map(|a| flex(|x| activate(x, a), &values)));
            for result in results {
                for (index, x) in result.iter().enumerate() {
                    assert_eq!(x.is_nan(), index == place, "{length} values, at {place}");
                }
            }
        }
    }
}

#[test]
fn functions_and_their_gradients_equal_their_references() {
    type Function = Box<dyn Fn(Tensor<3>) -> Tensor<3>>;
    let mut pairs: Vec<(String, Function, Function)> = vec![
        ("exp".to_owned(), Box::new(exp), Box::new(reference::exp)),
        ("log σ".to_owned(), Box::new(log_sigmoid), Box::new(reference::log_sigmoid)),
    ];
    for a in ACTIVATIONS {
        let kernel = move |x| activate(x, a);
        pairs.push((
            format!("{a:?}"),
            Box::new(kernel),
            Box::new(move |x| reference::activate(x, a)),
        ));
    }
    let device = Device::flex().autodiff();
    for (name, kernel, reference) in pairs {
        for shape in [[1, 1, 1], [1, 7, 1], [3, 33, 5], [2, 100, 128]] {
            let count = shape.iter().product();
            let run = |function: &Function| {
                let x = tensor(&random(count, 5), shape, &device).require_grad();
                let factors = tensor(&random(count, 6), shape, &device);
                let output = function(x.clone() * 8.0);
                let gradients = (output.clone() * factors).sum().backward();
                [values(output), values(x.grad(&gradients).unwrap())]
            };
            for (kernel, reference) in run(&kernel).iter().zip(&run(&reference)) {
                assert_close(kernel, reference, 1e-6, &format!("{name} {shape:?}"));
            }
        }
    }
}

#[test]
fn at_zero_the_derivative_of_leaky_relu_is_the_slope() {
    let device = Device::flex().autodiff();
    let x = tensor(&[-1.0, -0.0, 0.0, 1.0], [4], &device).require_grad();
    let gradients = activate(x.clone(), Activation::LeakyRelu(0.2)).sum().backward();
    assert_eq!(values(x.grad(&gradients).unwrap()), [0.2, 0.2, 0.2, 1.0]);
}
