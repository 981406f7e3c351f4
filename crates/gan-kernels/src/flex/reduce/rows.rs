//! Squared norms of rows, and their derivative.

use std::iter::zip;
use std::mem::MaybeUninit;

use pulp::{Simd, WithSimd};

use crate::flex::simd;
use crate::flex::threads::filled;

/// Sums that run side by side: the widest vector, so that every width adds in the same order.
const LANES: usize = 16;

/// ‖x‖² of every row of `x`.
pub(crate) fn squared_norms(x: &[f32], width: usize) -> Vec<f32> {
    filled(x.len() / width, 1, 1, x.len(), |first, out| {
        simd::dispatch(SquaredNorms { x: &x[first * width..][..out.len() * width], width, out });
    })
}

/// 2 · gradient · x, where every row of `x` has one gradient.
pub(crate) fn squared_norms_backward(x: &[f32], width: usize, gradient: &[f32]) -> Vec<f32> {
    filled(gradient.len(), width, 1, x.len(), |first, out| {
        let (x, gradient) = (&x[first * width..], &gradient[first..]);
        simd::dispatch(SquaredNormsBackward { x, width, gradient, out });
    })
}

struct SquaredNorms<'a> {
    x: &'a [f32],
    width: usize,
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for SquaredNorms<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (row, out) in zip(self.x.chunks_exact(self.width), self.out) {
            let mut sums = [0.0f32; LANES];
            let (whole, rest) = row.as_chunks::<LANES>();
            for x in whole {
                for lane in 0..LANES {
                    sums[lane] += x[lane] * x[lane];
                }
            }
            for (sum, x) in zip(&mut sums, rest) {
                *sum += x * x;
            }
            out.write(sums.iter().sum());
        }
    }
}

struct SquaredNormsBackward<'a> {
    x: &'a [f32],
    width: usize,
    gradient: &'a [f32],
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for SquaredNormsBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let rows = zip(self.x.chunks_exact(self.width), self.out.chunks_exact_mut(self.width));
        for ((x, out), gradient) in zip(rows, self.gradient) {
            let factor = 2.0 * gradient;
            for (x, out) in zip(x, out) {
                out.write(factor * x);
            }
        }
    }
}
