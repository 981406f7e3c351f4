//! Transposed operands, packed in the order in which the microkernel reads them: the right one a panel of
//! columns at a time, which stays in the first cache while all rows pass.

use std::iter::zip;
use std::ops::Range;

use super::operands::{Lhs, Matrix};
use super::prefetch::prefetch;

/// Rows of a microtile, where there are enough registers.
pub(super) const MR: usize = 8;

/// Rows of a microtile elsewhere.
pub(super) const LOW_MR: usize = 6;

/// Side of the squares that a matrix is transposed in: what the registers of any processor hold.
const BLOCK: usize = 4;

/// Columns that are transposed together: those of one cache line, read once.
const LINE: usize = 16;

/// How far ahead of itself a row is asked for.
const AHEAD: usize = 4 * LINE;

/// The transpose of some rows and columns of `matrix`, as many values from row to row of it as `stride`
/// says; what is behind the last of a row is of no meaning.
#[inline(always)]
pub(crate) fn pack_transposed(
    matrix: Matrix<'_>,
    rows: Range<usize>,
    columns: Range<usize>,
    stride: usize,
    panel: &mut Vec<f32>,
) {
    panel.resize(columns.len() * stride, 0.0);
    let squares = if rows.len().is_multiple_of(BLOCK) { columns.len() / LINE * LINE } else { 0 };
    for line in (0..squares).step_by(LINE) {
        for first_row in (0..rows.len()).step_by(BLOCK) {
            let mut lines = [&[0.0f32; LINE]; BLOCK];
            for (r, line_of) in lines.iter_mut().enumerate() {
                let row = &matrix.row(rows.start + first_row + r)[columns.start + line..];
                *line_of = row.first_chunk().expect("a whole line");
                prefetch(row.as_ptr().wrapping_add(AHEAD));
            }
            let to = &mut panel[line * stride + first_row..][..(LINE - 1) * stride + BLOCK];
            for c in 0..LINE {
                let column = [lines[0][c], lines[1][c], lines[2][c], lines[3][c]];
                to[c * stride..][..BLOCK].copy_from_slice(&column);
            }
        }
    }
    for (r, row) in matrix.rows(rows).enumerate() {
        for (c, &value) in row[columns.clone()].iter().enumerate().skip(squares) {
            panel[c * stride + r] = value;
        }
    }
}

/// Some rows of a transpose over a part of the depth, in the order in which the microkernel reads them:
/// the rows of a microtile (of the last, those that are left) column by column, then the next.
#[derive(Default)]
pub(super) struct PackedLhs {
    values: Vec<f32>,
    /// A column of all rows.
    column: Vec<f32>,
}

impl PackedLhs {
    /// As [`Lhs::Packed`] has them.
    pub(super) fn values(&self) -> &[f32] {
        &self.values
    }

    pub(super) fn pack(
        &mut self,
        lhs: Lhs<'_>,
        rows: Range<usize>,
        depths: Range<usize>,
        height: usize,
    ) {
        self.values.resize(depths.len() * rows.len(), 0.0);
        match lhs {
            Lhs::Transposed(lhs) => {
                for (k, column) in lhs.rows(depths.clone()).enumerate() {
                    pack_column(&mut self.values, k, depths.len(), &column[rows.clone()], height);
                }
            }
            Lhs::TransposedWindows(windows) => {
                let pieces = windows.pieces(rows.clone());
                self.column.resize(rows.len(), 0.0);
                for (k, place) in depths.clone().enumerate() {
                    windows.copy(place, &pieces, &mut self.column);
                    pack_column(&mut self.values, k, depths.len(), &self.column, height);
                }
            }
            Lhs::Rows(_) | Lhs::Windows(_) | Lhs::Packed { .. } => unreachable!("no transposes"),
        }
    }
}

/// Packs a column into microtiles of `depth` columns and `height` rows.
fn pack_column(tiles: &mut [f32], k: usize, depth: usize, column: &[f32], height: usize) {
    for (tile, values) in zip(tiles.chunks_mut(depth * height), column.chunks(height)) {
        let tile = &mut tile[k * values.len()..][..values.len()];
        // A copy whose length the compiler knows is one instruction.
        match values.len() {
            MR => tile[..MR].copy_from_slice(&values[..MR]),
            LOW_MR => tile[..LOW_MR].copy_from_slice(&values[..LOW_MR]),
            _ => tile.copy_from_slice(values),
        }
    }
}
