//! The windows of images, where they lie.
//!
//! Images are `[batch, height, width, channels]`. As the channels come last, what a window has of one
//! line of pixels lies together, and products read it there: no matrix of windows is made.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::simd;
use super::threads::filled;
use crate::Window;

/// What moving one number costs, in multiplications.
pub(super) const WORK: usize = 10;

/// Numbers of the widest vector.
const WIDEST: usize = 16;

/// Images with zeros around them, each group of channels for itself:
/// `[groups, batch, height, width, channels]`.
#[derive(Debug)]
pub(crate) struct Padded {
    pixels: Vec<f32>,
    shape: [usize; 5],
}

impl Padded {
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
        let last = starts.iter().max().map_or(0, |start| start + (lines - 1) * line + part);
        let of_each = self.pixels.chunks_exact(self.pixels.len() / groups);
        let windows = of_each.map(|pixels| {
            assert!(last <= pixels.len(), "every window lies within the images");
            Windows { pixels, starts, lines, part, line }
        });
        windows.collect()
    }
}

/// Some lines of images with zeros around them.
struct Pad<'a> {
    images: &'a [f32],
    /// Of the images, `[height, width]`.
    sides: [usize; 2],
    /// That of [`Padded`].
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

/// Windows of images.
pub(crate) struct Windows<'a> {
    pixels: &'a [f32],
    /// Where the first number of each lies.
    starts: &'a [usize],
    /// How many lines of pixels a window has.
    lines: usize,
    /// Numbers that it has of a line.
    part: usize,
    /// Numbers from one line to the next.
    line: usize,
}

/// A part of the numbers of a window, counted line by line.
pub(crate) struct Piece {
    /// From the first number of the window to that of the piece, in the image.
    offset: usize,
    /// The first of the piece, counted from the first of all pieces.
    at: usize,
    length: usize,
}

impl Windows<'_> {
    /// How many lines of pixels each has.
    #[inline(always)]
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// What a window has of one line of pixels.
    #[inline(always)]
    pub fn line(&self, window: usize, line: usize) -> &[f32] {
        &self.pixels[self.starts[window] + line * self.line..][..self.part]
    }

    /// Whether `height` numbers of a window, the first of them that many times any number, always lie
    /// in one line of pixels. Shares of threads begin at multiples of 8.
    #[inline(always)]
    pub fn in_tiles_of(&self, height: usize) -> bool {
        8usize.is_multiple_of(height) && self.part.is_multiple_of(height)
    }

    /// Whether vectors of every width divide what a window has of one line of pixels.
    pub fn in_vectors(&self) -> bool {
        self.part.is_multiple_of(WIDEST)
    }

    /// `COUNT` vectors of `lanes` numbers each, of each of some windows, the first of them at number
    /// `first`. The lanes divide what a window has of one line of pixels.
    #[inline(always)]
    pub fn vectors<const COUNT: usize>(
        &self,
        windows: Range<usize>,
        first: usize,
        lanes: usize,
    ) -> impl Iterator<Item = [&[f32]; COUNT]> {
        let mut offsets = [0; COUNT];
        for (v, offset) in offsets.iter_mut().enumerate() {
            let number = first + v * lanes;
            assert!(number + lanes <= self.lines * self.part && self.part.is_multiple_of(lanes));
            *offset = number / self.part * self.line + number % self.part;
        }
        self.starts[windows].iter().map(move |&start| {
            let mut vectors = [&self.pixels[..0]; COUNT];
            for (vector, offset) in zip(&mut vectors, offsets) {
                let at = start + offset;
                // SAFETY: the numbers are of a window, and every window lies within the images.
                #[allow(unsafe_code)]
                unsafe {
                    *vector = self.pixels.get_unchecked(at..at + lanes);
                }
            }
            vectors
        })
    }

    /// What lies from `number` of each of some windows on.
    #[inline(always)]
    pub fn column(&self, number: usize, windows: Range<usize>) -> impl Iterator<Item = &[f32]> {
        let pixels = &self.pixels[number / self.part * self.line + number % self.part..];
        self.starts[windows].iter().map(move |&start| &pixels[start..])
    }

    /// Where in a window the given ones of its numbers lie.
    pub fn pieces(&self, numbers: Range<usize>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut next = numbers.start;
        while next < numbers.end {
            let (line, column) = (next / self.part, next % self.part);
            let length = (self.part - column).min(numbers.end - next);
            let at = next - numbers.start;
            pieces.push(Piece { offset: line * self.line + column, at, length });
            next += length;
        }
        pieces
    }

    /// Copies `pieces` of a window, one behind the other.
    #[inline(always)]
    pub fn copy(&self, window: usize, pieces: &[Piece], to: &mut [f32]) {
        let pixels = &self.pixels[self.starts[window]..];
        for &Piece { offset, at, length } in pieces {
            let (to, from) = (&mut to[at..][..length], &pixels[offset..][..length]);
            // Four, a line of a grey window, are one instruction, not a call.
            match (<&mut [f32; 4]>::try_from(&mut *to), <&[f32; 4]>::try_from(from)) {
                (Ok(to), Ok(from)) => *to = *from,
                _ => to.copy_from_slice(from),
            }
        }
    }
}

impl Window {
    /// Of the lines (or columns) of an image, `size` many: those y for which y + padding leaves `rest`
    /// when divided by the stride, as (y + padding) / stride.
    pub(crate) fn phase(self, rest: usize, size: usize) -> Range<usize> {
        let first = self.padding.saturating_sub(rest).div_ceil(self.stride);
        let end = (size + self.padding).saturating_sub(rest).div_ceil(self.stride);
        first..end.max(first)
    }
}

/// Copies as many numbers as fit, eight at once: most pixels are too short to call a function for.
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
fn clear(numbers: &mut [MaybeUninit<f32>]) {
    for number in numbers {
        number.write(0.0);
    }
}
