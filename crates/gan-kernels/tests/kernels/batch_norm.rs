//! Batch norm: values and derivatives.

use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use gan_collective::{Collective, in_process};
use gan_kernels::{BatchNormed, batch_norm, batch_norm_among, reference, shares_batch_norm};

use crate::values::{assert_close, bits, random, tensor, values};

/// Rows and columns: around the sizes of vectors and of blocks of rows.
const SIZES: [[usize; 2]; 6] = [[1, 1], [2, 7], [255, 16], [256, 33], [257, 3], [1300, 64]];

const EPSILON: f64 = 1e-5;

type Norm = fn(Tensor<2>, Tensor<1>, Tensor<1>, f64) -> BatchNormed;

/// Output, mean and variance, and the gradients of x, γ and β of Σ output · (random values).
fn everything(norm: Norm, [rows, columns]: [usize; 2]) -> [Tensor<1>; 6] {
    let device = Device::flex().autodiff();
    // Far from 0 beside their deviation, as sums are that lose digits.
    let x = tensor(&random(rows * columns, 1), [rows, columns], &device).add_scalar(5.0);
    let [gamma, beta] = [2, 3].map(|seed| tensor(&random(columns, seed), [columns], &device));
    let factors = tensor(&random(rows * columns, 4), [rows, columns], &device);
    let (x, gamma, beta) = (x.require_grad(), gamma.require_grad(), beta.require_grad());
    let made = norm(x.clone(), gamma.clone(), beta.clone(), EPSILON);
    let gradients = (made.output.clone() * factors).sum().backward();
    let of = |parameter: &Tensor<1>| parameter.grad(&gradients).unwrap();
    let of_x = x.grad(&gradients).unwrap();
    assert!(!made.mean.is_require_grad() && !made.variance.is_require_grad());
    let output = made.output.inner().flatten(0, 1);
    let moments = [made.mean.inner(), made.variance.inner()];
    let [mean, variance] = moments;
    [output, mean, variance, of_x.flatten(0, 1), of(&gamma), of(&beta)]
}

const NAMES: [&str; 6] = ["output", "mean", "variance", "of x", "of γ", "of β"];

#[test]
fn batch_norm_and_its_gradients_equal_their_references_at_every_size() {
    for size in SIZES {
        let (kernel, reference) =
            (everything(batch_norm, size), everything(reference::batch_norm, size));
        for (name, (kernel, reference)) in NAMES.iter().zip(kernel.into_iter().zip(reference)) {
            // The values are 5 ± 1, and the reference's sums are of f32.
            let tolerance = if *name == "of x" { 1e-4 } else { 2e-5 };
            assert_close(
                &values(kernel),
                &values(reference),
                tolerance,
                &format!("{size:?} {name}"),
            );
        }
    }
}

#[test]
fn batch_norms_gradients_are_central_differences() {
    let [rows, columns] = [9, 4];
    let (x, factors) = (random(rows * columns, 1), random(rows * columns, 4));
    let [gamma, beta] = [2, 3].map(|seed| random(columns, seed));
    let sum = |x: &[f64], gamma: &[f64], beta: &[f64]| -> f64 {
        let column = |c: usize| (0..rows).map(move |r| r * columns + c);
        let of_column = |c: usize| {
            let mean = column(c).map(|i| x[i]).sum::<f64>() / rows as f64;
            let square = |i: usize| (x[i] - mean).powi(2);
            let variance = column(c).map(square).sum::<f64>() / rows as f64;
            let scale = gamma[c] / (variance + EPSILON).sqrt();
            let term = |i: usize| f64::from(factors[i]) * (scale * (x[i] - mean) + beta[c]);
            column(c).map(term).sum::<f64>()
        };
        (0..columns).map(of_column).sum()
    };
    let wide = |values: &[f32]| values.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
    let point = [wide(&x), wide(&gamma), wide(&beta)];
    let difference = |which: usize, index: usize| {
        let at = |step: f64| {
            let mut point = point.clone();
            point[which][index] += step;
            sum(&point[0], &point[1], &point[2])
        };
        ((at(1e-5) - at(-1e-5)) / 2e-5) as f32
    };
    let device = Device::flex().autodiff();
    let x = tensor(&x, [rows, columns], &device).require_grad();
    let [gamma, beta] =
        [gamma, beta].map(|values| tensor(&values, [columns], &device).require_grad());
    let output = batch_norm(x.clone(), gamma.clone(), beta.clone(), EPSILON).output;
    let gradients = (output * tensor(&factors, [rows, columns], &device)).sum().backward();
    let of_x = values(x.grad(&gradients).unwrap());
    let [of_gamma, of_beta] = [gamma, beta].map(|it| values(it.grad(&gradients).unwrap()));
    for (which, (name, ours)) in
        [("x", of_x), ("γ", of_gamma), ("β", of_beta)].into_iter().enumerate()
    {
        let expected: Vec<f32> = (0..ours.len()).map(|index| difference(which, index)).collect();
        assert_close(&ours, &expected, 1e-5, name);
    }
}

#[test]
fn batch_norm_and_its_gradients_have_the_same_bits_at_any_number_of_threads() {
    let with_threads = |count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        pool.install(|| everything(batch_norm, [1300, 64]).map(bits))
    };
    let alone = with_threads(1);
    for threads in [2, 3, 7] {
        assert!(with_threads(threads) == alone, "{threads} threads");
    }
}

#[test]
fn ranks_that_share_a_batch_have_the_values_and_gradients_of_the_whole() {
    assert!(shares_batch_norm(&Device::flex()));
    let [rows, columns] = [240, 33];
    for ranks in [1, 2, 3] {
        let whole = everything(batch_norm, [rows, columns]).map(values);
        let of_rank = move |rank: Arc<dyn Collective>| {
            // As `everything`, for the rows of one rank.
            let device = Device::flex().autodiff();
            let part = rank.part(rows).unwrap();
            let part = part.start * columns..part.end * columns;
            let shape = [rows / rank.ranks(), columns];
            let own = |seed| random(rows * columns, seed)[part.clone()].to_vec();
            let x = tensor(&own(1), shape, &device).add_scalar(5.0).require_grad();
            let [gamma, beta] = [2, 3]
                .map(|seed| tensor(&random(columns, seed), [columns], &device).require_grad());
            let made =
                batch_norm_among(x.clone(), gamma.clone(), beta.clone(), EPSILON, &rank).unwrap();
            let gradients =
                (made.output.clone() * tensor(&own(4), shape, &device)).sum().backward();
            let of_x = values(x.grad(&gradients).unwrap());
            let of = |parameter: &Tensor<1>| values(parameter.grad(&gradients).unwrap());
            let output = values(made.output.inner());
            let moments = [made.mean.inner(), made.variance.inner()].map(values);
            let [mean, variance] = moments;
            [output, mean, variance, of_x, of(&gamma), of(&beta)]
        };
        let threads: Vec<_> = in_process(ranks)
            .into_iter()
            .map(|rank| std::thread::spawn(move || of_rank(Arc::new(rank))))
            .collect();
        let parts: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        for (which, name) in NAMES.iter().enumerate() {
            let all = parts.iter().map(|part| &part[which]);
            let together: Vec<f32> = match *name {
                "output" | "of x" => all.flatten().copied().collect(),
                // All have those of the whole.
                "mean" | "variance" => parts[ranks - 1][which].clone(),
                // Of the sum over all rows each has its own; the step averages gradients of means.
                _ => (0..columns).map(|c| parts.iter().map(|part| part[which][c]).sum()).collect(),
            };
            assert_close(&together, &whole[which], 1e-4, &format!("{ranks} ranks, {name}"));
        }
    }
}
