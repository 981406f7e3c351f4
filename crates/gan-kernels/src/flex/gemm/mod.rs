//! Matrix products of layers, with what follows them, in the manner of BLIS (Van Zee and van de Geijn
//! 2015): a [`microkernel`] sums MR rows and a few vectors of columns in registers, over parts of KC of
//! the depth and MC of the rows that stay in the second cache.
//!
//! It reads matrices, and the [`windows`] of images, as they lie, and packs only transposes; those of a
//! small layer stay in the second cache. Every value is one sum over the depth, in order, so threads may
//! cut anywhere without changing a bit.

mod lines;
mod microkernel;
mod operands;
mod pack;
mod prefetch;
mod product;
mod windows;

pub(crate) use operands::{Epilogue, Lhs, Matrix, Product, Rhs};
pub(crate) use pack::pack_transposed;
pub(crate) use product::{concat_columns, stack_rows};
pub(crate) use windows::Windows;
