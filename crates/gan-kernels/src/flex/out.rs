//! Where products go.

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;

/// Some columns of some rows of a matrix, to be written. Threads may hold others of the same rows.
pub(crate) struct Out<'a> {
    first: *mut MaybeUninit<f32>,
    /// Numbers from one row to the next.
    stride: usize,
    rows: usize,
    columns: usize,
    matrix: PhantomData<&'a mut [MaybeUninit<f32>]>,
}

// SAFETY: it is a mutable reference, to values that nobody else refers to.
#[allow(unsafe_code)]
unsafe impl Send for Out<'_> {}

impl<'a> Out<'a> {
    /// The given columns of rows of `stride` values each.
    pub fn new(rows: &'a mut [MaybeUninit<f32>], stride: usize, columns: Range<usize>) -> Self {
        assert!(rows.len().is_multiple_of(stride) && columns.end <= stride);
        let first = rows[columns.start..].as_mut_ptr();
        let (rows, columns) = (rows.len() / stride, columns.len());
        Self { first, stride, rows, columns, matrix: PhantomData }
    }

    /// The first `width` of its columns, which it has no longer.
    pub fn split_off_columns(&mut self, width: usize) -> Self {
        assert!(width <= self.columns);
        let part = Self { columns: width, ..*self };
        self.first = self.first.wrapping_add(width);
        self.columns -= width;
        part
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Some of its rows.
    #[inline(always)]
    pub fn of_rows(&mut self, rows: Range<usize>) -> Out<'_> {
        assert!(rows.start <= rows.end && rows.end <= self.rows);
        let first = self.first.wrapping_add(rows.start * self.stride);
        Out { first, rows: rows.len(), ..*self }
    }

    #[inline(always)]
    pub fn row(&mut self, row: usize) -> &mut [MaybeUninit<f32>] {
        assert!(row < self.rows);
        // SAFETY: the row lies within the matrix, and its columns are of no other part.
        #[allow(unsafe_code)]
        unsafe {
            std::slice::from_raw_parts_mut(self.first.add(row * self.stride), self.columns)
        }
    }
}
