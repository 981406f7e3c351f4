//! What a product multiplies, and what it does with the sums.

use std::ops::Range;

use super::windows::Windows;
use crate::activation::Activation;

/// A matrix that lies row by row, perhaps as columns of a wider one.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    /// From its first value on.
    pub values: &'a [f32],
    /// Values from one row to the next.
    pub stride: usize,
}

impl<'a> Matrix<'a> {
    /// Its row `index` from the matrix's first column on.
    #[inline(always)]
    pub fn row(self, index: usize) -> &'a [f32] {
        &self.values[index * self.stride..]
    }

    /// Some of its rows, each as far as the wider matrix goes.
    #[inline(always)]
    pub fn rows(self, rows: Range<usize>) -> impl Iterator<Item = &'a [f32]> {
        self.values[rows.start * self.stride..].chunks(self.stride).take(rows.len())
    }
}

/// The left operand, `[rows, depth]`.
#[derive(Clone, Copy)]
pub(crate) enum Lhs<'a> {
    /// Row by row.
    Rows(Matrix<'a>),
    /// Column by column: the transpose of a matrix that lies row by row.
    Transposed(Matrix<'a>),
    /// A window of an image in each row.
    Windows(&'a Windows<'a>),
    /// A window in each column.
    TransposedWindows(&'a Windows<'a>),
    /// Rows of a transpose from `first_row` on, which the product packs by itself.
    Packed { packed: &'a [f32], first_row: usize },
}

/// The right operand, `[depth, columns]`.
#[derive(Clone, Copy)]
pub(crate) enum Rhs<'a> {
    /// Row by row.
    Rows(Matrix<'a>),
    /// Column by column: the transpose of a matrix that lies row by row.
    Transposed(Matrix<'a>),
    /// A window of an image in each row, from one of its values on. They lie [in vectors], and the left
    /// operand is a transpose.
    ///
    /// [in vectors]: Windows::in_vectors
    Windows(&'a Windows<'a>, usize),
    /// The columns of a transpose that are multiplied next, which the product
    /// [packs](super::pack::pack_transposed) by itself.
    Packed(Matrix<'a>),
}

/// What happens to a sum before it is stored.
#[derive(Clone, Copy)]
pub(crate) enum Epilogue<'a> {
    /// Nothing.
    Store,
    /// The bias of its column is added, then the activation applied.
    BiasActivation(&'a [f32], Activation),
}

/// A product of two matrices.
#[derive(Clone, Copy)]
pub(crate) struct Product<'a> {
    pub lhs: Lhs<'a>,
    pub rhs: Rhs<'a>,
    pub rows: usize,
    pub depth: usize,
    pub columns: usize,
    pub epilogue: Epilogue<'a>,
}

impl Product<'_> {
    /// Multiplications.
    pub fn work(&self) -> usize {
        self.rows * self.depth * self.columns
    }
}
