//! Sums over the columns of a matrix.
//!
//! Columns are summed in blocks of rows, and the blocks' sums in order, so that any number of threads
//! gives the same bits.

use std::iter::zip;
use std::mem::MaybeUninit;

use pulp::{Simd, WithSimd};

use crate::flex::simd;
use crate::flex::threads::filled;

/// Rows of a block.
const BLOCK: usize = 256;

/// What an element costs, in multiplications.
pub(super) const WORK: usize = 10;

/// Values to be summed, in matrices that lie row by row.
#[derive(Clone, Copy)]
pub(super) enum Terms<'a> {
    Values(&'a [f32]),
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
    pub(super) fn sums(self, columns: usize) -> Vec<f32> {
        let (Self::Values(x) | Self::Squares { x, .. } | Self::Products { x, .. }) = self;
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
            Terms::Values(x) => {
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
    Terms::Values(matrix).sums(columns)
}

/// Mean and (biased) variance of each column.
pub(crate) fn column_moments(x: &[f32], columns: usize) -> [Vec<f32>; 2] {
    let count = (x.len() / columns) as f32;
    let mean: Vec<f32> = column_sums(x, columns).into_iter().map(|sum| sum / count).collect();
    let squares = Terms::Squares { x, mean: &mean }.sums(columns);
    let variance = squares.into_iter().map(|sum| sum / count).collect();
    [mean, variance]
}
