//! Convolutions: values, derivatives, and derivatives of derivatives.

use burn::tensor::{Device, Tensor};
use gan_kernels::{
    Activation, Window, convolution, convolution_input_gradient, reference, transposed_convolution,
};

use crate::values::{assert_close, bits, random, tensor, values};

const ACTIVATIONS: [Activation; 3] =
    [Activation::Identity, Activation::Relu, Activation::LeakyRelu(0.2)];

/// Batch, height, width, channels, outputs, groups and window: of a DCGAN, of a residual network, and
/// odd ones.
const CASES: [([usize; 6], Window); 9] = [
    ([3, 28, 28, 1, 8, 1], window(4, 2, 1)),
    ([2, 14, 14, 8, 20, 1], window(4, 2, 1)),
    ([2, 5, 7, 3, 4, 1], window(3, 1, 1)),
    ([1, 8, 9, 2, 33, 1], window(4, 3, 0)),
    ([2, 6, 6, 1, 1, 1], window(1, 1, 0)),
    ([1, 3, 2, 5, 2, 1], window(5, 2, 2)),
    ([40, 7, 7, 64, 64, 4], window(3, 1, 1)),
    ([1, 5, 6, 6, 15, 3], window(3, 2, 1)),
    ([3, 4, 4, 2, 2, 2], window(1, 1, 0)),
];

const fn window(side: usize, stride: usize, padding: usize) -> Window {
    Window { side, stride, padding }
}

struct Operands {
    images: Tensor<4>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    /// In the shape of the output.
    gradient: Tensor<4>,
}

fn operands((sizes, window): ([usize; 6], Window)) -> Operands {
    let [batch, height, width, channels, outputs, groups] = sizes;
    let device = Device::flex().autodiff();
    let weight = [window.side * window.side * channels, outputs / groups];
    let images = random(batch * height * width * channels, 1);
    let (rows, columns) = (window.output_size(height), window.output_size(width));
    let gradient = random(batch * rows * columns * outputs, 4);
    Operands {
        images: tensor(&images, [batch, height, width, channels], &device).require_grad(),
        weight: tensor(&random(weight[0] * weight[1], 2), weight, &device).require_grad(),
        bias: tensor(&random(outputs, 3), [outputs], &device).require_grad(),
        gradient: tensor(&gradient, [batch, rows, columns, outputs], &device).require_grad(),
    }
}

#[test]
fn a_convolution_and_its_gradients_equal_their_references() {
    type Convolve = fn(Tensor<4>, Tensor<2>, Tensor<1>, Window, Activation) -> Tensor<4>;
    for case in CASES {
        for activation in ACTIVATIONS {
            let run = |convolve: Convolve| {
                let Operands { images, weight, bias, gradient } = operands(case);
                let (x, w, b) = (images.clone(), weight.clone(), bias.clone());
                let output = convolve(x, w, b, case.1, activation);
                let gradients = (output.clone() * gradient).sum().backward();
                [
                    values(output),
                    values(images.grad(&gradients).unwrap()),
                    values(weight.grad(&gradients).unwrap()),
                    values(bias.grad(&gradients).unwrap()),
                ]
            };
            for (kernel, reference) in run(convolution).iter().zip(&run(reference::convolution)) {
                assert_close(kernel, reference, 5e-6, &format!("{activation:?} {case:?}"));
            }
        }
    }
}

#[test]
fn a_convolutions_input_gradient_and_its_own_gradients_equal_their_references() {
    type InputGradient =
        fn(Tensor<4>, Tensor<4>, Tensor<2>, [usize; 2], Window, Activation) -> Tensor<4>;
    for case in CASES {
        for activation in ACTIVATIONS {
            let run = |input_gradient: InputGradient| {
                let Operands { images, weight, bias, gradient } = operands(case);
                let [_, height, width, _] = images.dims();
                let output = convolution(images, weight.clone(), bias, case.1, activation);
                let output = output.detach();
                let (g, w) = (gradient.clone(), weight.clone());
                let slope = input_gradient(g, output, w, [height, width], case.1, activation);
                let gradients = slope.clone().square().sum().backward();
                [
                    values(slope),
                    values(gradient.grad(&gradients).unwrap()),
                    values(weight.grad(&gradients).unwrap()),
                ]
            };
            let kernel = run(convolution_input_gradient);
            let reference = run(reference::convolution_input_gradient);
            for (kernel, reference) in kernel.iter().zip(&reference) {
                assert_close(kernel, reference, 5e-6, &format!("{activation:?} {case:?}"));
            }
        }
    }
}

#[test]
fn the_input_gradient_is_the_one_that_autodiff_finds() {
    for case in CASES {
        let Operands { images, weight, bias, gradient } = operands(case);
        let [_, height, width, _] = images.dims();
        let activation = Activation::LeakyRelu(0.2);
        let output = convolution(images.clone(), weight.clone(), bias, case.1, activation);
        let gradients = (output.clone() * gradient.clone()).sum().backward();
        let ours = convolution_input_gradient(
            gradient,
            output,
            weight,
            [height, width],
            case.1,
            activation,
        );
        let autodiff = values(images.grad(&gradients).unwrap());
        assert_close(&values(ours), &autodiff, 5e-6, &format!("{case:?}"));
    }
}

#[test]
fn a_transposed_convolution_and_its_gradients_equal_their_references() {
    for case in CASES {
        let run = |transpose: fn(Tensor<4>, Tensor<2>, Window) -> Tensor<4>| {
            let Operands { weight, gradient: images, .. } = operands(case);
            let output = transpose(images.clone(), weight.clone(), case.1);
            let gradients = output.clone().square().sum().backward();
            let of_images = values(images.grad(&gradients).unwrap());
            [values(output), of_images, values(weight.grad(&gradients).unwrap())]
        };
        let (kernel, reference) =
            (run(transposed_convolution), run(reference::transposed_convolution));
        for (kernel, reference) in kernel.iter().zip(&reference) {
            assert_close(kernel, reference, 5e-6, &format!("{case:?}"));
        }
    }
}

#[test]
fn convolutions_have_the_same_bits_at_any_number_of_threads() {
    let with_threads = |count: usize, groups: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        pool.install(|| {
            let case = ([40, 14, 14, 32, 32, groups], window(4, 2, 1));
            let Operands { images, weight, bias, gradient } = operands(case);
            let (x, w) = (images.clone(), weight.clone());
            let output = convolution(x, w, bias, case.1, Activation::LeakyRelu(0.2));
            let gradients = (output.clone() * gradient).sum().backward();
            let of_weight = bits(weight.grad(&gradients).unwrap());
            [bits(output), bits(images.grad(&gradients).unwrap()), of_weight]
        })
    };
    for groups in [1, 4] {
        let alone = with_threads(1, groups);
        for threads in [2, 3, 7] {
            assert!(with_threads(threads, groups) == alone, "{threads} threads, {groups} groups");
        }
    }
}
