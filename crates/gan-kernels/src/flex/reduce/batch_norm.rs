//! Batch norm of the columns of a matrix, and its derivative.

use std::iter::zip;
use std::mem::MaybeUninit;

use gan_collective::Collective;
use pulp::{Simd, WithSimd};

use super::columns::{Terms, WORK, column_sums};
use crate::flex::simd;
use crate::flex::threads::filled;

/// Batch norm of the columns of a matrix; everything but `x` has one value per column.
#[derive(Clone, Copy)]
pub(crate) struct BatchNorm<'a> {
    pub x: &'a [f32],
    pub gamma: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
    pub epsilon: f64,
}

impl BatchNorm<'_> {
    /// γ · (x − mean) / √(variance + ε) + β
    pub fn apply(self, beta: &[f32]) -> Vec<f32> {
        let scale: Vec<f32> = zip(self.gamma, self.inverse_stds()).map(product).collect();
        self.pass(Pass::Forward { scale: &scale, beta })
    }

    /// The gradients in x, γ and β from the one in the output, with mean and variance those of x.
    ///
    /// With `ranks`, mean and variance are those of the rows of all ranks, and so are the sums that the
    /// gradient in x takes; those in γ and β are of the rows here.
    pub fn backward(self, gradient: &[f32], ranks: Option<&dyn Collective>) -> [Vec<f32>; 3] {
        let Self { x, mean, .. } = self;
        let columns = mean.len();
        let count = (x.len() / columns) as f32;
        let inverse = self.inverse_stds();
        let scale: Vec<f32> = zip(self.gamma, inverse.clone()).map(product).collect();
        let of_beta = column_sums(gradient, columns);
        let products = Terms::Products { gradient, x, mean }.sums(columns);
        let of_gamma: Vec<f32> = zip(&products, inverse.clone()).map(product).collect();
        let (all_gamma, all_beta, count) = match ranks {
            None => (of_gamma.clone(), of_beta.clone(), count),
            Some(ranks) => {
                let mut sums = [of_gamma.as_slice(), &of_beta].concat();
                ranks.sum(&mut sums);
                let all_beta = sums.split_off(columns);
                (sums, all_beta, count * ranks.ranks() as f32)
            }
        };
        let along = zip(&all_gamma, inverse).map(product).map(|along| along / count);
        let (along, mean_of_beta): (Vec<_>, Vec<_>) =
            along.zip(all_beta.iter().map(|of_beta| of_beta / count)).unzip();
        let of_x = self.pass(Pass::Backward {
            gradient,
            scale: &scale,
            mean_of_beta: &mean_of_beta,
            along: &along,
        });
        [of_x, of_gamma, of_beta]
    }

    /// 1 / √(variance + ε)
    fn inverse_stds(&self) -> impl Iterator<Item = f32> + Clone {
        let epsilon = self.epsilon as f32;
        self.variance.iter().map(move |variance| 1.0 / (variance + epsilon).sqrt())
    }

    fn pass(self, pass: Pass<'_>) -> Vec<f32> {
        let columns = self.mean.len();
        filled(self.x.len() / columns, columns, 1, WORK * self.x.len(), |first_row, out| {
            let x = &self.x[first_row * columns..][..out.len()];
            simd::dispatch(Rows { pass, x, mean: self.mean, first: first_row * columns, out });
        })
    }
}

fn product((a, b): (&f32, f32)) -> f32 {
    a * b
}

#[derive(Clone, Copy)]
enum Pass<'a> {
    /// scale · (x − mean) + β
    Forward { scale: &'a [f32], beta: &'a [f32] },
    /// scale · (gradient − mean_of_beta − along · (x − mean))
    Backward { gradient: &'a [f32], scale: &'a [f32], mean_of_beta: &'a [f32], along: &'a [f32] },
}

/// Some rows of a pass over all values.
struct Rows<'a> {
    pass: Pass<'a>,
    x: &'a [f32],
    mean: &'a [f32],
    /// How many values of the matrix lie before `x`.
    first: usize,
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { pass, x, mean, first, out } = self;
        let columns = mean.len();
        let rows = zip(x.chunks_exact(columns), out.chunks_exact_mut(columns));
        match pass {
            Pass::Forward { scale, beta } => {
                let (scale, beta) = (&scale[..columns], &beta[..columns]);
                for (x, out) in rows {
                    for c in 0..columns {
                        out[c].write(scale[c] * (x[c] - mean[c]) + beta[c]);
                    }
                }
            }
            Pass::Backward { gradient, scale, mean_of_beta, along } => {
                let (scale, mean_of_beta) = (&scale[..columns], &mean_of_beta[..columns]);
                let along = &along[..columns];
                for ((x, out), gradient) in zip(rows, gradient[first..].chunks_exact(columns)) {
                    for c in 0..columns {
                        let rest = gradient[c] - mean_of_beta[c] - along[c] * (x[c] - mean[c]);
                        out[c].write(scale[c] * rest);
                    }
                }
            }
        }
    }
}
