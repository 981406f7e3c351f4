//! Images with zeros around them.

use std::iter::zip;
use std::mem::MaybeUninit;

use pulp::{Simd, WithSimd};

use crate::flex::gemm::Windows;
use crate::flex::simd;
use crate::flex::threads::filled;

/// What moving one value costs, in multiplications.
pub(super) const WORK: usize = 10;

/// Images with zeros around them, each group of channels for itself:
/// `[groups, batch, height, width, channels]`.
#[derive(Debug)]
pub(crate) struct PaddedImages {
    pixels: Vec<f32>,
    shape: [usize; 5],
}

impl PaddedImages {
    /// `images` with zeros `before` the first and `after` the last line and column.
    pub fn new(
        images: &[f32],
        [batch, height, width, channels]: [usize; 4],
        groups: usize,
        [before, after]: [usize; 2],
    ) -> Self {
        let of_each = channels / groups;
        let shape @ [_, _, lines, columns, _] =
            [groups, batch, height + before + after, width + before + after, of_each];
        let row = columns * of_each;
        let work = WORK * groups * batch * lines * row;
        let sides = [height, width];
        let pixels = filled(groups * batch * lines, row, 1, work, |first, out| {
            simd::dispatch(Pad { images, sides, shape, before, first, out });
        });
        Self { pixels, shape }
    }

    /// Where in a group the windows lie that begin at each of `lines` and `columns`.
    pub fn starts(&self, lines: &[usize], columns: &[usize]) -> Vec<usize> {
        let [_, batch, height, width, channels] = self.shape;
        let mut starts = Vec::new();
        for image in 0..batch {
            for y in lines {
                let line = (image * height + y) * width;
                starts.extend(columns.iter().map(|x| (line + x) * channels));
            }
        }
        starts
    }

    /// The windows of `size` (lines and columns) at `starts`, in each group.
    pub fn windows<'a>(&'a self, size: [usize; 2], starts: &'a [usize]) -> Vec<Windows<'a>> {
        let [groups, _, _, width, channels] = self.shape;
        let (lines, part, line) = (size[0], size[1] * channels, width * channels);
        let of_each = self.pixels.chunks_exact(self.pixels.len() / groups);
        of_each.map(|pixels| Windows::new(pixels, starts, lines, [part, line])).collect()
    }
}

/// Some lines of images with zeros around them.
struct Pad<'a> {
    images: &'a [f32],
    /// Of the images, `[height, width]`.
    sides: [usize; 2],
    /// That of [`PaddedImages`].
    shape: [usize; 5],
    before: usize,
    /// The first line of `out`, counted through all groups and images.
    first: usize,
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for Pad<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { images, sides: [height, width], shape, before, first, out } = self;
        let [groups, batch, lines, columns, of_each] = shape;
        let channels = groups * of_each;
        for (at, out) in zip(first.., out.chunks_exact_mut(columns * of_each)) {
            let (group, image) = (at / (batch * lines), at / lines % batch);
            // Above and below the image there is nothing.
            let Some(y) = (at % lines).checked_sub(before).filter(|&y| y < height) else {
                clear(out);
                continue;
            };
            let from = &images[(image * height + y) * width * channels..][..width * channels];
            let (left, rest) = out.split_at_mut(before * of_each);
            let (inside, right) = rest.split_at_mut(width * of_each);
            clear(left);
            if groups == 1 {
                write(inside, from);
            } else {
                let pixels = zip(inside.chunks_exact_mut(of_each), from.chunks_exact(channels));
                for (to, pixel) in pixels {
                    write(to, &pixel[group * of_each..]);
                }
            }
            clear(right);
        }
    }
}

/// Copies as many values as fit, eight at once: most pixels are too short to call a function for.
#[inline(always)]
pub(super) fn write(to: &mut [MaybeUninit<f32>], from: &[f32]) {
    let (eights, rest) = to.as_chunks_mut::<8>();
    let (from_eights, from_rest) = from[..8 * eights.len() + rest.len()].as_chunks::<8>();
    for (to, from) in zip(eights, from_eights) {
        *to = from.map(MaybeUninit::new);
    }
    for (to, &from) in zip(rest, from_rest) {
        to.write(from);
    }
}

#[inline(always)]
fn clear(values: &mut [MaybeUninit<f32>]) {
    for value in values {
        value.write(0.0);
    }
}
