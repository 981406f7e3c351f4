//! Sums over rows and columns, and what is made of them.

mod batch_norm;
mod columns;
mod rows;

pub(super) use batch_norm::BatchNorm;
pub(super) use columns::{column_moments, column_sums};
pub(super) use rows::{squared_norms, squared_norms_backward};
