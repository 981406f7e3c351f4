//! Vectors of every width, a single value included, give the same bits. Beside the code, because what
//! is called from outside takes the widest.

use super::conv::Convolution;
use super::elementwise::{self, Backward, Function};
use super::gemm::{Epilogue, Lhs, Matrix, Product, Rhs};
use super::reduce;
use super::simd::{WIDTH, Width};
use crate::{Activation, AdamCoefficients, Window};

const ACTIVATIONS: [Activation; 4] =
    [Activation::Identity, Activation::Relu, Activation::LeakyRelu(0.2), Activation::Sigmoid];

fn assert_same_bits(what: &str, kernel: impl Fn() -> Vec<f32>) {
    let bits = |width| {
        WIDTH.set(width);
        kernel().into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    let widest = bits(Width::Widest);
    assert!(widest.iter().any(|&x| x != 0), "{what}");
    assert!(bits(Width::Avx2) == widest, "{what}: AVX2 differs");
    assert!(bits(Width::One) == widest, "{what}: single values differ");
    WIDTH.set(Width::Widest);
}

/// Values in [-8, 8) that look random.
fn random(count: usize, seed: u32) -> Vec<f32> {
    let value = |i: u32| (i.wrapping_mul(2_654_435_761) ^ seed).wrapping_mul(2_246_822_519);
    (1..=count as u32).map(|i| (value(i) >> 8) as f32 / 1_048_576.0 - 8.0).collect()
}

#[test]
fn convolutions_have_the_same_bits_at_every_width() {
    // With window lines of whole microtiles and not, and with one group and several.
    for (channels, outputs, groups, side, stride) in
        [(8, 40, 1, 4, 2), (3, 5, 1, 3, 1), (32, 32, 2, 3, 1), (6, 3, 3, 3, 2)]
    {
        let window = Window { side, stride, padding: 1 };
        let convolution = Convolution { shape: [3, 8, 6, channels], window, groups };
        let images = random(3 * 8 * 6 * channels, 1);
        let weight = random(side * side * channels * outputs / groups, 2);
        let gradient = random(convolution.output_shape(outputs).iter().product(), 3);
        let what = format!("{convolution:?}");
        let pad = || convolution.pad(&images);
        assert_same_bits(&what, || convolution.apply(&pad(), &weight, Epilogue::Store));
        assert_same_bits(&what, || convolution.weight_gradient(&pad(), &gradient));
        assert_same_bits(&what, || convolution.transpose(&gradient, &weight));
    }
}

#[test]
fn products_have_the_same_bits_at_every_width() {
    for [rows, depth, columns] in
        [[1, 1, 1], [7, 33, 1], [13, 5, 33], [20, 100, 47], [9, 3, 128], [70, 4000, 40]]
    {
        let (lhs, rhs) = (random(rows * depth, 1), random(depth * columns, 2));
        let bias = random(columns, 3);
        let product = Product {
            lhs: Lhs::Rows(Matrix { values: &lhs, stride: depth }),
            rhs: Rhs::Rows(Matrix { values: &rhs, stride: columns }),
            rows,
            depth,
            columns,
            epilogue: Epilogue::Store,
        };
        let size = format!("{rows} × {depth} × {columns}");
        for activation in ACTIVATIONS {
            let layer =
                Product { epilogue: Epilogue::BiasActivation(&bias, activation), ..product };
            assert_same_bits(&format!("{activation:?} {size}"), || layer.compute());
        }
        let columns_of_left = Matrix { values: &lhs, stride: rows };
        let transposed = Product { lhs: Lhs::Transposed(columns_of_left), ..product };
        assert_same_bits(&size, || transposed.compute());
        // `rhs` read as its transpose's transpose.
        let packed = Rhs::Transposed(Matrix { values: &rhs, stride: depth });
        let packed = Product { rhs: packed, ..product };
        assert_same_bits(&size, || packed.compute());
    }
}

#[test]
fn functions_have_the_same_bits_at_every_width() {
    let special = [f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, 1e-40, 88.8, -103.9, f32::MAX];
    let x: Vec<f32> = random(509, 1).into_iter().chain(special).collect();
    let gradient = random(x.len(), 2);
    let mut functions = vec![Function::Exp, Function::LogSigmoid];
    functions.extend(ACTIVATIONS.map(Function::Activation));
    for function in functions {
        assert_same_bits(&format!("{function:?}"), || elementwise::map(function, &x));
    }
    let mut backwards = vec![Backward::Exp, Backward::LogSigmoid];
    backwards.extend(ACTIVATIONS.map(Backward::Activation));
    for function in backwards {
        let kernel = || {
            let all = elementwise::backward(function, &x, &gradient);
            // ∞ · 0 is NaN, whose bits differ between processors.
            all.into_iter().filter(|x| !x.is_nan()).collect()
        };
        assert_same_bits(&format!("{function:?}"), kernel);
    }
}

#[test]
fn squared_norms_and_averages_have_the_same_bits_at_every_width() {
    let (x, value) = (random(7 * 45, 1), random(7 * 45, 2));
    assert_same_bits("squared norms", || reduce::squared_norms(&x, 45));
    assert_same_bits("their gradient", || reduce::squared_norms_backward(&x, 45, &value[..7]));
    assert_same_bits("average", || elementwise::blend(&x, &value, 0.999));
}

#[test]
fn adam_has_the_same_bits_at_every_width() {
    let coefficients =
        AdamCoefficients { beta_1: 0.9, beta_2: 0.99, step_size: 1e-3, epsilon: 1e-8 };
    assert_same_bits("Adam", || {
        let [mut gradient, mut moment_1] = [random(77, 2), random(77, 3)];
        let mut moment_2: Vec<f32> = random(77, 4).iter().map(|x| x * x).collect();
        let parameter = random(77, 1);
        elementwise::adam_step(
            coefficients,
            &parameter,
            &mut gradient,
            &mut moment_1,
            &mut moment_2,
        );
        [gradient, moment_1, moment_2].concat()
    });
}
