//! The windows of images as rows of a matrix, and back.
//!
//! Images are `[batch, height, width, channels]`; a row of windows is one place's `side · side ·
//! channels` numbers. As the channels come last, what a window has of one line of pixels lies
//! together.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::simd;
use super::threads::filled;
use crate::Window;

/// What moving one number costs, in multiplications.
const WORK: usize = 10;

/// The windows of `images`, `[batch · h' · w', side · side · channels]`: zeros beyond the edges.
pub(crate) fn unfold(images: &[f32], shape: [usize; 4], window: Window) -> Vec<f32> {
    let [batch, height, width, channels] = shape;
    let (rows, columns) = (window.places(height), window.places(width));
    let line = width * channels;
    let part = window.side * channels;
    let row = columns * window.side * part;
    filled(batch * rows, row, 1, WORK * batch * rows * row, |first, out| {
        for (at, out) in zip(first.., out.chunks_exact_mut(row)) {
            let (image, top) = (at / rows, at % rows * window.stride);
            for (index, out) in out.chunks_exact_mut(part).enumerate() {
                let (column, y) = (index / window.side, top + index % window.side);
                // Above and below the image there is nothing.
                let line_of_image = y.checked_sub(window.padding).filter(|&y| y < height);
                match line_of_image {
                    Some(y) => {
                        let Inside { pixels, skipped } = inside(column, width, window);
                        let pixels = &images[(image * height + y) * line..]
                            [pixels.start * channels..pixels.end * channels];
                        let (before, rest) = out.split_at_mut(skipped * channels);
                        let (copy, after) = rest.split_at_mut(pixels.len());
                        write(copy, pixels);
                        clear(before);
                        clear(after);
                    }
                    None => clear(out),
                }
            }
        }
    })
}

/// The sum of all windows where they lie, `shape`: the transpose of [`unfold`].
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
        let (rows, columns) = (window.places(height), window.places(width));
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

/// Copies numbers. Four, a line of a grey window, are one instruction, not a call.
#[inline(always)]
fn write(to: &mut [MaybeUninit<f32>], from: &[f32]) {
    match (<&mut [_; 4]>::try_from(&mut *to), <&[f32; 4]>::try_from(from)) {
        (Ok(to), Ok(from)) => *to = from.map(MaybeUninit::new),
        _ => zip(to, from).for_each(|(to, &from)| {
            to.write(from);
        }),
    }
}

fn clear(numbers: &mut [MaybeUninit<f32>]) {
    for number in numbers {
        number.write(0.0);
    }
}
