//! The Fréchet distance of few samples of many dimensions, from products of samples.
//!
//! With centred samples as columns of `X` and `Y`, the covariances are `X Xᵀ / (n - 1)` and
//! `Y Yᵀ / (m - 1)`, and the trace of the root of their product is the sum of the singular values of
//! `Xᵀ Y`, divided by the root of `(n - 1) (m - 1)`. No matrix is larger than samples times samples.

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::error::MetricError;
use crate::features::Features;
use crate::gaussian::sum_of_singular_values;

/// Dimensions in each product.
const PANEL: usize = 1024;

/// Products of all samples of two sets, about the mean of the first.
pub(crate) struct Gram {
    within: [DMatrix<f64>; 2],
    between: DMatrix<f64>,
}

impl Gram {
    pub(crate) fn of(x: &Features, y: &Features) -> Self {
        let (dim, count) = (x.dim(), x.len() as f64);
        let mut origin = vec![0.0f64; dim];
        for row in 0..x.len() {
            origin.iter_mut().zip(x.row(row)).for_each(|(sum, &x)| *sum += f64::from(x) / count);
        }
        let panel = |set: &Features, first: usize| {
            let width = PANEL.min(dim - first);
            DMatrix::from_fn(width, set.len(), |at, row| {
                f64::from(set.row(row)[first + at]) - origin[first + at]
            })
        };
        let product = |left: &Features, right: &Features| {
            let mut product = DMatrix::zeros(left.len(), right.len());
            for first in (0..dim).step_by(PANEL) {
                product.gemm(1.0, &panel(left, first).transpose(), &panel(right, first), 1.0);
            }
            product
        };
        let pairs = [(x, x), (y, y), (x, y)];
        let mut products: Vec<DMatrix<f64>> =
            pairs.into_par_iter().map(|(left, right)| product(left, right)).collect();
        let between = products.pop().expect("three products");
        let within = products.try_into().expect("two products");
        Self { within, between }
    }

    /// The distance between the samples `x` of the first set and `y` of the second.
    pub(crate) fn distance(&self, x: &[usize], y: &[usize]) -> Result<f64, MetricError> {
        let [variance_x, variance_y] = [(0, x), (1, y)].map(|(set, rows)| {
            let count = rows.len() as f64;
            let products = &self.within[set];
            let squares: f64 = rows.iter().map(|&row| products[(row, row)]).sum();
            (squares - count * mean(products, rows, rows)) / (count - 1.0)
        });
        let means = mean(&self.within[0], x, x) + mean(&self.within[1], y, y)
            - 2.0 * mean(&self.between, x, y);
        let mut between = self.between.select_rows(x).select_columns(y);
        let rows = between.column_mean();
        between.column_iter_mut().for_each(|mut column| column -= &rows);
        let columns = between.row_mean();
        between.row_iter_mut().for_each(|mut row| row -= &columns);
        let scale = ((x.len() - 1) as f64 * (y.len() - 1) as f64).sqrt();
        let shared = sum_of_singular_values(between)? / scale;
        let distance = means.max(0.0) + variance_x + variance_y - 2.0 * shared;
        let rounding = 1e-10 * (variance_x + variance_y);
        Ok(if distance <= rounding { 0.0 } else { distance })
    }
}

/// The mean product of the samples `x` and `y`: the product of their means.
fn mean(products: &DMatrix<f64>, x: &[usize], y: &[usize]) -> f64 {
    let sum: f64 = y.iter().map(|&y| x.iter().map(|&x| products[(x, y)]).sum::<f64>()).sum();
    sum / (x.len() as f64 * y.len() as f64)
}
