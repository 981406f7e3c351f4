//! The windows of images as an operand, read where they lie.
//!
//! Images are `[batch, height, width, channels]`. As the channels come last, what a window has of one
//! line of pixels lies together, and products read it there: no matrix of windows (im2col) is made.

use std::iter::zip;
use std::ops::Range;

/// Values of the widest vector.
const WIDEST: usize = 16;

/// Windows of images.
pub(crate) struct Windows<'a> {
    pixels: &'a [f32],
    /// Where the first value of each lies.
    starts: &'a [usize],
    /// How many lines of pixels a window has.
    lines: usize,
    /// Values that it has of a line.
    part: usize,
    /// Values from one line to the next.
    line: usize,
}

/// A part of the values of a window, counted line by line.
pub(crate) struct Piece {
    /// From the first value of the window to that of the piece, in the image.
    offset: usize,
    /// The first of the piece, counted from the first of all pieces.
    at: usize,
    length: usize,
}

impl<'a> Windows<'a> {
    /// Windows whose first values lie at `starts` in `pixels`: `lines` lines of `part` values, `line` apart.
    pub fn new(
        pixels: &'a [f32],
        starts: &'a [usize],
        lines: usize,
        [part, line]: [usize; 2],
    ) -> Self {
        let last = starts.iter().max().map_or(0, |start| start + (lines - 1) * line + part);
        assert!(last <= pixels.len(), "every window lies within the images");
        Self { pixels, starts, lines, part, line }
    }

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

    /// Whether `height` values of a window, the first of them that many times any value, always lie
    /// in one line of pixels. Chunks of threads begin at multiples of 8.
    #[inline(always)]
    pub fn in_tiles_of(&self, height: usize) -> bool {
        8usize.is_multiple_of(height) && self.part.is_multiple_of(height)
    }

    /// Whether vectors of every width divide what a window has of one line of pixels.
    pub fn in_vectors(&self) -> bool {
        self.part.is_multiple_of(WIDEST)
    }

    /// `COUNT` vectors of `lanes` values each, of each of some windows, the first of them at value
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
            let value = first + v * lanes;
            assert!(value + lanes <= self.lines * self.part && self.part.is_multiple_of(lanes));
            *offset = value / self.part * self.line + value % self.part;
        }
        self.starts[windows].iter().map(move |&start| {
            let mut vectors = [&self.pixels[..0]; COUNT];
            for (vector, offset) in zip(&mut vectors, offsets) {
                let at = start + offset;
                // SAFETY: the values are of a window, and every window lies within the images.
                #[allow(unsafe_code)]
                unsafe {
                    *vector = self.pixels.get_unchecked(at..at + lanes);
                }
            }
            vectors
        })
    }

    /// What lies from `value` of each of some windows on.
    #[inline(always)]
    pub fn column(&self, value: usize, windows: Range<usize>) -> impl Iterator<Item = &[f32]> {
        let pixels = &self.pixels[value / self.part * self.line + value % self.part..];
        self.starts[windows].iter().map(move |&start| &pixels[start..])
    }

    /// Where in a window the given ones of its values lie.
    pub fn pieces(&self, values: Range<usize>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut next = values.start;
        while next < values.end {
            let (line, column) = (next / self.part, next % self.part);
            let length = (self.part - column).min(values.end - next);
            let at = next - values.start;
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
