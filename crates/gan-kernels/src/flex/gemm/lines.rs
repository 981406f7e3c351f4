//! What a microtile reads of its operands, without checks on the way: a processor of two short multiply-adds a
//! cycle, or one whose core somebody else uses as well, has no time for them.

use std::hint::black_box;
use std::ops::Range;

use super::operands::Matrix;
use super::prefetch::prefetch;

/// Some columns of some rows of a matrix: slicing the matrix anew for each row costs a processor of two
/// short multiply-adds a cycle as much time as multiplying does.
pub(crate) struct Lines<'a> {
    values: &'a [f32],
    stride: usize,
    /// How many lines there are.
    pub count: usize,
    width: usize,
}

impl<'a> Lines<'a> {
    #[inline(always)]
    pub fn new(matrix: Matrix<'a>, rows: Range<usize>, first_column: usize, width: usize) -> Self {
        let (stride, count) = (matrix.stride, rows.len());
        let values = &matrix.values[rows.start * stride + first_column..];
        assert!((count - 1) * stride + width <= values.len(), "the matrix has these columns");
        Self { values, stride, count, width }
    }

    #[inline(always)]
    pub fn line(&self, index: usize) -> &'a [f32] {
        assert!(index < self.count);
        // SAFETY: there is such a line.
        #[allow(unsafe_code)]
        unsafe {
            self.line_unchecked(index)
        }
    }

    /// # Safety
    ///
    /// `index` is below the count.
    #[allow(unsafe_code)]
    #[inline(always)]
    pub unsafe fn line_unchecked(&self, index: usize) -> &'a [f32] {
        let start = index * self.stride;
        // SAFETY: `new` has seen that the last line ends within the values.
        unsafe { self.values.get_unchecked(start..start + self.width) }
    }
}

/// Asks for the columns that are multiplied next, while these are: they come from a farther cache, and lie
/// too far apart for the processor to guess. Each microtile asks for a part, so that few are on their way at a
/// time.
pub(crate) struct Ahead {
    first: *const f32,
    stride: usize,
}

impl Ahead {
    /// Rows of the right operand that are multiplied for each line that is asked for.
    pub const PACE: usize = 4;
    /// Values in a cache line.
    const LINE: usize = 16;

    /// What lies right of `rhs`, as the microtile number `index` asks for it.
    #[inline(always)]
    pub fn new(rhs: &Lines<'_>, index: usize, width: usize) -> Self {
        let lines = width.div_ceil(Self::LINE);
        let (row, line) = (index % Self::PACE, index / Self::PACE % lines);
        let offset = row * rhs.stride + width + line * Self::LINE;
        Self { first: rhs.values.as_ptr().wrapping_add(offset), stride: rhs.stride }
    }

    /// Of one of the rows from `k` on.
    #[inline(always)]
    pub fn fetch(&self, k: usize) {
        prefetch(self.first.wrapping_add(k * self.stride));
    }
}

/// `ROWS` rows of the left operand: those of a microtile.
pub(crate) trait LhsRows<const ROWS: usize> {
    /// How deep they are.
    fn depth(&self) -> usize;

    /// Value `k` of row `r`.
    ///
    /// # Safety
    ///
    /// `r` is below `ROWS`, and `k` below the depth.
    #[allow(unsafe_code)]
    unsafe fn value(&self, r: usize, k: usize) -> f32;
}

/// The rows, all as deep.
pub(crate) struct ByRow<'a, const ROWS: usize>([&'a [f32]; ROWS]);

/// The columns, `ROWS` values each.
pub(crate) struct ByColumn<'a, const ROWS: usize>(Lines<'a>);

impl<'a, const ROWS: usize> ByRow<'a, ROWS> {
    /// The rows of `lhs` from `first` on, over a part of the depth.
    #[inline(always)]
    pub fn new(lhs: Matrix<'a>, first: usize, depths: &Range<usize>) -> Self {
        let mut rows = [&lhs.values[..0]; ROWS];
        for (r, row) in rows.iter_mut().enumerate() {
            *row = &lhs.row(first + r)[depths.clone()];
        }
        // A compiler that knows how far apart they are computes one from the other wherever it reads.
        Self(black_box(rows))
    }
}

impl<'a, const ROWS: usize> ByColumn<'a, ROWS> {
    /// Of the transpose `lhs` the rows from `first` on, over a part of the depth.
    #[inline(always)]
    pub fn new(lhs: Matrix<'a>, first: usize, depths: Range<usize>) -> Self {
        Self(Lines::new(lhs, depths, first, ROWS))
    }
}

impl<const ROWS: usize> LhsRows<ROWS> for ByRow<'_, ROWS> {
    #[inline(always)]
    fn depth(&self) -> usize {
        self.0[0].len()
    }

    #[allow(unsafe_code)]
    #[inline(always)]
    unsafe fn value(&self, r: usize, k: usize) -> f32 {
        // SAFETY: all rows are as deep as the first.
        unsafe { *self.0[r].get_unchecked(k) }
    }
}

impl<const ROWS: usize> LhsRows<ROWS> for ByColumn<'_, ROWS> {
    #[inline(always)]
    fn depth(&self) -> usize {
        self.0.count
    }

    #[allow(unsafe_code)]
    #[inline(always)]
    unsafe fn value(&self, r: usize, k: usize) -> f32 {
        // SAFETY: every line has `ROWS` values, and `Lines::new` has seen that the last ends within all.
        unsafe { *self.0.values.get_unchecked(k * self.0.stride + r) }
    }
}
