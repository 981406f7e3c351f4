//! Images from their windows, and from their phases.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::padded::{WORK, write};
use crate::flex::simd;
use crate::flex::threads::filled;
use crate::window::Window;

/// The sum of all windows, `[batch · h' · w', side · side · channels]`, where they lie in images of
/// `shape`.
pub(crate) fn fold(windows: &[f32], shape: [usize; 4], window: Window) -> Vec<f32> {
    let [batch, height, width, channels] = shape;
    let line = width * channels;
    filled(batch * height, line, 1, WORK * windows.len(), |first, out| {
        simd::dispatch(Fold { windows, shape, window, first, out });
    })
}

struct Fold<'a> {
    windows: &'a [f32],
    shape: [usize; 4],
    window: Window,
    /// The first line of pixels of `out`, counted through all images.
    first: usize,
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for Fold<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { windows, shape: [_, height, width, channels], window, first, out } = self;
        let (rows, columns) = (window.output_size(height), window.output_size(width));
        let part = window.side * channels;
        let mut sums = vec![0.0f32; width * channels];
        for (at, out) in zip(first.., out.chunks_exact_mut(width * channels)) {
            let (image, y) = (at / height, at % height + window.padding);
            sums.fill(0.0);
            // Rows of windows that reach line y, the first that does being the lowest in order.
            let first_row = (y + 1).saturating_sub(window.side).div_ceil(window.stride);
            for row in first_row..rows.min(y / window.stride + 1) {
                let line_of_window = y - row * window.stride;
                for column in 0..columns {
                    let Inside { pixels, skipped } = inside(column, width, window);
                    let place = (image * rows + row) * columns + column;
                    let from = &windows[(place * window.side + line_of_window) * part..][..part];
                    let from = &from[skipped * channels..];
                    let to = &mut sums[pixels.start * channels..pixels.end * channels];
                    for (to, from) in zip(to, from) {
                        *to += from;
                    }
                }
            }
            for (out, sum) in zip(out, &sums) {
                out.write(*sum);
            }
        }
    }
}

/// The part of a window's width that is inside the image.
struct Inside {
    /// Columns of the image.
    pixels: Range<usize>,
    /// Columns of the window before them.
    skipped: usize,
}

#[inline(always)]
fn inside(column: usize, width: usize, window: Window) -> Inside {
    let left = column * window.stride;
    let skipped = window.padding.saturating_sub(left).min(window.side);
    let start = (left + skipped - window.padding).min(width);
    let end = (left + window.side).saturating_sub(window.padding).min(width).max(start);
    Inside { pixels: start..end, skipped }
}

/// Images of `shape` from their phases, `stride · stride` of them: phase `a · stride + b` holds the pixels
/// whose line + padding leaves `a`, and whose column + padding leaves `b`, when divided by the stride,
/// `[batch, lines, columns, channels]`.
pub(crate) fn interleave(phases: &[Vec<f32>], shape: [usize; 4], window: Window) -> Vec<f32> {
    let [batch, height, width, channels] = shape;
    let Window { stride, padding, .. } = window;
    let line = width * channels;
    let columns: Vec<_> = (0..stride).map(|rest| window.phase(rest, width)).collect();
    filled(batch * height, line, 1, WORK * batch * height * line, |first, out| {
        for (at, out) in zip(first.., out.chunks_exact_mut(line)) {
            let (image, y) = (at / height, at % height + padding);
            let lines = window.phase(y % stride, height);
            let row = image * lines.len() + y / stride - lines.start;
            for (x, to) in zip(padding.., out.chunks_exact_mut(channels)) {
                let columns = &columns[x % stride];
                let from = (row * columns.len() + x / stride - columns.start) * channels;
                write(to, &phases[y % stride * stride + x % stride][from..]);
            }
        }
    })
}
