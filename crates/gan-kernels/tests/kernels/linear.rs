//! Layers: values and derivatives.

use burn::tensor::{Device, Tensor};
use gan_kernels::{Activation, linear, linear_input_gradient, reference, squared_norms};

use crate::values::{ACTIVATIONS, assert_close, random, tensor, values};

/// Batch, inputs, outputs: around and between the sizes of vectors, tiles, panels and caches.
const SIZES: [[usize; 3]; 11] = [
    [1, 1, 1],
    [7, 33, 1],
    [33, 7, 100],
    [1, 784, 128],
    [100, 128, 33],
    [13, 100, 15],
    [128, 64, 47],
    [17, 65, 50],
    [9, 31, 784],
    [100, 784, 128],
    // More values than the second cache holds.
    [2000, 150, 40],
];

type Layer = fn(Tensor<2>, Tensor<2>, Tensor<1>, Activation) -> Tensor<2>;

/// The layer's output and the gradients of x, weight and bias of Σ output · (random values).
fn everything(layer: Layer, size: [usize; 3], activation: Activation) -> [Vec<f32>; 4] {
    let device = Device::flex().autodiff();
    let [x, weight, bias, factors] = operands(size, &device);
    let (x, weight, bias) = (x.require_grad(), weight.require_grad(), bias.require_grad());
    let output = layer(x.clone(), weight.clone(), bias.clone().reshape([size[2]]), activation);
    let gradients = (output.clone() * factors).sum().backward();
    let gradient = |of: &Tensor<2>| values(of.grad(&gradients).unwrap());
    [values(output), gradient(&x), gradient(&weight), gradient(&bias)]
}

fn operands([batch, inputs, outputs]: [usize; 3], device: &Device) -> [Tensor<2>; 4] {
    let shapes = [[batch, inputs], [inputs, outputs], [1, outputs], [batch, outputs]];
    let mut seed = 0;
    shapes.map(|shape| {
        seed += 1;
        tensor(&random(shape[0] * shape[1], seed), shape, device)
    })
}

#[test]
fn a_layer_and_its_gradients_equal_their_references_at_every_size() {
    for size in SIZES {
        for activation in ACTIVATIONS {
            let kernel = everything(linear, size, activation);
            let reference = everything(reference::linear, size, activation);
            for (what, (kernel, reference)) in
                ["output", "of x", "of weight", "of bias"].iter().zip(kernel.iter().zip(&reference))
            {
                assert_close(kernel, reference, 5e-6, &format!("{activation:?} {size:?} {what}"));
            }
        }
    }
}

/// Σ activation(x·w + b) · factors in f64, from the definition.
fn sum_of_outputs(
    x: &[f64],
    weight: &[f64],
    bias: &[f64],
    factors: &[f32],
    activation: Activation,
) -> f64 {
    let (inputs, outputs) = (weight.len() / bias.len(), bias.len());
    let mut sum = 0.0;
    for (row, factors) in x.chunks(inputs).zip(factors.chunks(outputs)) {
        for (column, factor) in factors.iter().enumerate() {
            let products = (0..inputs).map(|k| row[k] * weight[k * outputs + column]);
            let z = products.sum::<f64>() + bias[column];
            let y = match activation {
                Activation::Identity => z,
                Activation::Relu => z.max(0.0),
                Activation::LeakyRelu(slope) => z.max(0.0) + f64::from(slope) * z.min(0.0),
                Activation::Sigmoid => 1.0 / (1.0 + (-z).exp()),
            };
            sum += y * f64::from(*factor);
        }
    }
    sum
}

#[test]
fn gradients_equal_central_differences_of_the_definition() {
    let size = [5, 7, 3];
    let device = Device::flex();
    let [x, weight, bias, factors] = operands(size, &device).map(values);
    let to_f64 = |values: &[f32]| values.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
    let operands = [to_f64(&x), to_f64(&weight), to_f64(&bias)];
    for activation in ACTIVATIONS {
        let [_, of_x, of_weight, of_bias] = everything(linear, size, activation);
        for (which, gradient) in [of_x, of_weight, of_bias].iter().enumerate() {
            let difference = |index: usize| {
                let at = |offset: f64| {
                    let mut moved = operands.clone();
                    moved[which][index] += offset;
                    sum_of_outputs(&moved[0], &moved[1], &moved[2], &factors, activation)
                };
                ((at(1e-6) - at(-1e-6)) / 2e-6) as f32
            };
            let differences: Vec<f32> = (0..gradient.len()).map(difference).collect();
            assert_close(gradient, &differences, 2e-6, &format!("{activation:?}, operand {which}"));
        }
    }
}

#[test]
fn only_what_is_tracked_gets_a_gradient() {
    let device = Device::flex().autodiff();
    for tracked in 0..3 {
        let [x, weight, bias, _] = operands([8, 5, 4], &device);
        let mut operands = [x, weight, bias];
        operands[tracked] = operands[tracked].clone().require_grad();
        let [x, weight, bias] = operands.clone();
        let output = linear(x, weight, bias.reshape([4]), Activation::Relu);
        let gradients = output.sum().backward();
        for (index, operand) in operands.iter().enumerate() {
            assert_eq!(operand.grad(&gradients).is_some(), index == tracked, "operand {index}");
        }
    }
}

#[test]
fn layers_chain_and_views_that_lie_oddly_in_memory_are_read_as_they_read() {
    let device = Device::flex().autodiff();
    let run = |layer: Layer| {
        let x = tensor(&random(12 * 20, 1), [12, 20], &device).require_grad();
        let first = tensor(&random(9 * 12, 2), [9, 12], &device).require_grad();
        let second = tensor(&random(20 * 9, 3), [20, 9], &device).require_grad();
        let bias = tensor(&random(40, 4), [40], &device);
        let hidden = layer(
            x.clone().transpose(),
            first.clone().transpose(),
            bias.clone().slice(3..12),
            Activation::LeakyRelu(0.2),
        );
        let output = layer(
            hidden.slice(2..18),
            second.clone().transpose(),
            bias.slice(20..40),
            Activation::Sigmoid,
        );
        let gradients = output.clone().transpose().powi_scalar(2).mean().backward();
        let gradient = |of: &Tensor<2>| values(of.grad(&gradients).unwrap());
        [values(output), gradient(&x), gradient(&first), gradient(&second)]
    };
    for (kernel, reference) in run(linear).iter().zip(&run(reference::linear)) {
        assert_close(kernel, reference, 5e-6, "chain");
    }
}

#[test]
fn gradient_checkpointing_changes_no_bit() {
    let run = |device: Device| {
        let [x, weight, bias, _] = operands([12, 9, 9], &device);
        let (weight, bias) = (weight.require_grad(), bias.reshape([9]));
        let layer = |x, activation| linear(x, weight.clone(), bias.clone(), activation);
        // What is computed again lies between two layers that are not.
        let hidden = layer(x, Activation::LeakyRelu(0.2));
        let output = layer((hidden * 2.0).exp().sqrt(), Activation::Sigmoid);
        let gradients = output.sum().backward();
        values(weight.grad(&gradients).unwrap())
    };
    let device = Device::flex().autodiff();
    assert_eq!(run(device.clone().gradient_checkpointing()), run(device));
}

#[test]
fn a_nan_or_an_infinity_reaches_exactly_the_outputs_it_reaches_in_the_reference() {
    let device = Device::flex();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for activation in ACTIVATIONS {
            let [x, weight, bias, _] = operands([10, 19, 35], &device).map(values);
            let poisoned = |mut values: Vec<f32>, at: usize| {
                values[at] = bad;
                values
            };
            for (x, weight, bias) in [
                (poisoned(x.clone(), 40), weight.clone(), bias.clone()),
                (x.clone(), poisoned(weight.clone(), 34), bias.clone()),
                (x.clone(), weight.clone(), poisoned(bias.clone(), 33)),
            ] {
                let run = |layer: Layer| {
                    let x = tensor(&x, [10, 19], &device);
                    let weight = tensor(&weight, [19, 35], &device);
                    values(layer(x, weight, tensor(&bias, [35], &device), activation))
                };
                for (kernel, reference) in run(linear).into_iter().zip(run(reference::linear)) {
                    assert_eq!(kernel.is_nan(), reference.is_nan(), "{activation:?} of {bad}");
                    assert!(
                        kernel.is_nan() || kernel == reference || (kernel - reference).abs() < 1e-4
                    );
                }
            }
        }
    }
}

#[test]
fn a_nan_in_the_gradient_stays_one() {
    let device = Device::flex().autodiff();
    for activation in ACTIVATIONS {
        let [x, weight, bias, _] = operands([4, 6, 5], &device);
        let x = x.require_grad();
        let output = linear(x.clone(), weight, bias.reshape([5]) + 9.0, activation);
        let gradients = (output * f32::NAN).sum().backward();
        let gradient = values(x.grad(&gradients).unwrap());
        assert!(gradient.iter().all(|x| x.is_nan()), "{activation:?}");
    }
}

#[test]
#[should_panic(expected = "the layer's weight is [6, 5], x has 7 columns")]
fn sizes_that_do_not_fit_are_named() {
    let device = Device::flex();
    let zeros = |shape: [usize; 2]| Tensor::<2>::zeros(shape, &device);
    let _ = linear(zeros([4, 7]), zeros([6, 5]), Tensor::zeros([5], &device), Activation::Relu);
}

type InputGradient = fn(Tensor<2>, Tensor<2>, Tensor<2>, Activation) -> Tensor<2>;

/// Those without a second derivative.
const PIECEWISE_LINEAR: [Activation; 3] =
    [Activation::Identity, Activation::Relu, Activation::LeakyRelu(0.2)];

/// A layer's input gradient and, of Σ of its squares, the gradients in what it was made of.
fn slope_and_gradients(
    function: InputGradient,
    size: [usize; 3],
    activation: Activation,
) -> [Vec<f32>; 3] {
    let device = Device::flex().autodiff();
    let [_, weight, _, output] = operands(size, &device);
    let gradient = tensor(&random(size[0] * size[2], 9), [size[0], size[2]], &device);
    let (gradient, weight) = (gradient.require_grad(), weight.require_grad());
    let slope = function(gradient.clone(), output, weight.clone(), activation);
    let gradients = slope.clone().square().sum().backward();
    let of = |operand: &Tensor<2>| values(operand.grad(&gradients).unwrap());
    [values(slope), of(&gradient), of(&weight)]
}

#[test]
fn an_input_gradient_and_its_own_gradients_equal_their_references_at_every_size() {
    for size in SIZES {
        for activation in PIECEWISE_LINEAR {
            let kernel = slope_and_gradients(linear_input_gradient, size, activation);
            let reference = slope_and_gradients(reference::linear_input_gradient, size, activation);
            for (what, (kernel, reference)) in
                ["slope", "of gradient", "of weight"].iter().zip(kernel.iter().zip(&reference))
            {
                assert_close(kernel, reference, 5e-6, &format!("{activation:?} {size:?} {what}"));
            }
        }
    }
}

#[test]
fn the_input_gradient_is_the_one_that_autodiff_finds() {
    for size in SIZES {
        for activation in PIECEWISE_LINEAR {
            let device = Device::flex().autodiff();
            let [x, weight, bias, factors] = operands(size, &device);
            let x = x.require_grad();
            let bias = bias.reshape([size[2]]);
            let output = linear(x.clone(), weight.clone(), bias, activation);
            let gradients = (output.clone() * factors.clone()).sum().backward();
            let ours = linear_input_gradient(factors, output, weight, activation);
            let autodiff = values(x.grad(&gradients).unwrap());
            assert_close(&values(ours), &autodiff, 5e-6, &format!("{activation:?} {size:?}"));
        }
    }
}

#[test]
fn squared_norms_and_their_gradients_equal_their_references_and_the_definition() {
    let device = Device::flex().autodiff();
    for [batch, width] in [[1, 1], [3, 15], [7, 16], [5, 33], [64, 784]] {
        let run = |function: fn(Tensor<2>) -> Tensor<2>| {
            let x = tensor(&random(batch * width, 1), [batch, width], &device).require_grad();
            let factors = tensor(&random(batch, 2), [batch, 1], &device);
            let norms = function(x.clone());
            let gradients = (norms.clone() * factors).sum().backward();
            [values(norms), values(x.grad(&gradients).unwrap())]
        };
        let (kernel, reference) = (run(squared_norms), run(reference::squared_norms));
        for (kernel, reference) in kernel.iter().zip(&reference) {
            assert_close(kernel, reference, 1e-6, &format!("{batch} × {width}"));
        }
        let square = |row: &[f32]| row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>();
        let x = random(batch * width, 1);
        let exact: Vec<f32> = x.chunks(width).map(|row| square(row) as f32).collect();
        assert_close(&kernel[0], &exact, 1e-6, &format!("{batch} × {width}"));
    }
}
