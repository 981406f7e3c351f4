//! Kernels over the columns of a matrix: their sums, and batch norm.
//!
//! Columns are summed in blocks of rows, and the blocks' sums in order, so that any number of threads
//! gives the same bits.

use std::iter::zip;
use std::mem::MaybeUninit;

use pulp::{Simd, WithSimd};

use super::simd;
use super::threads::filled;

/// Rows of a block.
const BLOCK: usize = 256;

/// What an element costs, in multiplications.
const WORK: usize = 10;

/// Numbers to be summed, in matrices that lie row by row.
#[derive(Clone, Copy)]
enum Terms<'a> {
    Numbers(&'a [f32]),
    /// (x − mean)²
    Squares {
        x: &'a [f32],
        mean: &'a [f32],
    },
    /// gradient · (x − mean)
    Products {
        gradient: &'a [f32],
        x: &'a [f32],
        mean: &'a [f32],
    },
}

impl Terms<'_> {
    /// Of each of `columns` columns.
    fn sums(self, columns: usize) -> Vec<f32> {
        let (Self::Numbers(x) | Self::Squares { x, .. } | Self::Products { x, .. }) = self;
        let blocks = (x.len() / columns).div_ceil(BLOCK);
        let of_blocks = filled(blocks, columns, 1, WORK * x.len(), |first, out| {
            for (block, out) in zip(first.., out.chunks_exact_mut(columns)) {
                simd::dispatch(BlockSums { terms: self, block, out });
            }
        });
        let mut sums = vec![0.0f64; columns];
        for of_block in of_blocks.chunks_exact(columns) {
            for (sum, &of_block) in zip(&mut sums, of_block) {
                *sum += f64::from(of_block);
            }
        }
        sums.into_iter().map(|sum| sum as f32).collect()
    }
}

struct BlockSums<'a> {
    terms: Terms<'a>,
    block: usize,
    /// One for each column.
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for BlockSums<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { terms, block, out } = self;
        let columns = out.len();
        let mut sums = vec![0.0f32; columns];
        match terms {
            Terms::Numbers(x) => {
                for row in rows(x, block, columns) {
                    for (sum, x) in zip(&mut sums, row) {
                        *sum += x;
                    }
                }
            }
            Terms::Squares { x, mean } => {
                for row in rows(x, block, columns) {
                    for ((sum, x), mean) in zip(zip(&mut sums, row), mean) {
                        *sum += (x - mean) * (x - mean);
                    }
                }
            }
            Terms::Products { gradient, x, mean } => {
                for (gradient, row) in zip(rows(gradient, block, columns), rows(x, block, columns))
                {
                    for (((sum, x), mean), gradient) in
                        zip(zip(zip(&mut sums, row), mean), gradient)
                    {
                        *sum += gradient * (x - mean);
                    }
                }
            }
        }
        for (out, sum) in zip(out, sums) {
            out.write(sum);
        }
    }
}

/// The rows of a block.
#[inline(always)]
fn rows(matrix: &[f32], block: usize, columns: usize) -> std::slice::ChunksExact<'_, f32> {
    let block = &matrix[block * BLOCK * columns..];
    block[..block.len().min(BLOCK * columns)].chunks_exact(columns)
}

/// The sum of each column.
pub(crate) fn column_sums(matrix: &[f32], columns: usize) -> Vec<f32> {
    Terms::Numbers(matrix).sums(columns)
}

/// Mean and variance of each column, the variance that of these numbers, not of what they were drawn from.
pub(crate) fn column_moments(x: &[f32], columns: usize) -> [Vec<f32>; 2] {
    let count = (x.len() / columns) as f32;
    let mean: Vec<f32> = column_sums(x, columns).into_iter().map(|sum| sum / count).collect();
    let squares = Terms::Squares { x, mean: &mean }.sums(columns);
    let variance = squares.into_iter().map(|sum| sum / count).collect();
    [mean, variance]
}

/// Batch norm of the columns of a matrix; everything but `x` has one number for each.
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
        let scale: Vec<f32> = zip(self.gamma, self.inverse_deviations()).map(product).collect();
        self.pass(Pass::Forward { scale: &scale, beta })
    }

    /// The gradients in x, γ and β from the one in the output, with mean and variance those of x.
    pub fn backward(self, gradient: &[f32]) -> [Vec<f32>; 3] {
        let Self { x, mean, .. } = self;
        let columns = mean.len();
        let count = (x.len() / columns) as f32;
        let inverse = self.inverse_deviations();
        let scale: Vec<f32> = zip(self.gamma, inverse.clone()).map(product).collect();
        let of_beta = column_sums(gradient, columns);
        let products = Terms::Products { gradient, x, mean }.sums(columns);
        let of_gamma: Vec<f32> = zip(&products, inverse.clone()).map(product).collect();
        let along = zip(&of_gamma, inverse).map(product).map(|along| along / count);
        let (along, share): (Vec<_>, Vec<_>) =
            along.zip(of_beta.iter().map(|of_beta| of_beta / count)).unzip();
        let of_x =
            self.pass(Pass::Backward { gradient, scale: &scale, share: &share, along: &along });
        [of_x, of_gamma, of_beta]
    }

    /// 1 / √(variance + ε)
    fn inverse_deviations(&self) -> impl Iterator<Item = f32> + Clone {
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
    /// scale · (gradient − share − along · (x − mean))
    Backward { gradient: &'a [f32], scale: &'a [f32], share: &'a [f32], along: &'a [f32] },
}

/// Some rows of a pass over all numbers.
struct Rows<'a> {
    pass: Pass<'a>,
    x: &'a [f32],
    mean: &'a [f32],
    /// How many numbers of the matrix lie before `x`.
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
            Pass::Backward { gradient, scale, share, along } => {
                let (scale, share) = (&scale[..columns], &share[..columns]);
                let along = &along[..columns];
                for ((x, out), gradient) in zip(rows, gradient[first..].chunks_exact(columns)) {
                    for c in 0..columns {
                        let rest = gradient[c] - share[c] - along[c] * (x[c] - mean[c]);
                        out[c].write(scale[c] * rest);
                    }
                }
            }
        }
    }
}
