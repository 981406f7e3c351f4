//! Right factors of products that are transposes, turned as they are read: a panel of columns at a time,
//! which stays in the first cache while all rows pass.

use std::ops::Range;

use super::prefetch::prefetch;
use super::product::Matrix;

/// Side of the squares that a matrix is transposed in: what the registers of any processor hold.
const BLOCK: usize = 4;

/// Columns that are transposed together: those of one cache line, read once.
const LINE: usize = 16;

/// How far ahead of itself a row is asked for.
const AHEAD: usize = 4 * LINE;

/// The transpose of some rows and columns of `matrix`, as many numbers from row to row of it as `stride`
/// says; what is behind the last of a row is of no meaning.
#[inline(always)]
pub(crate) fn turn(
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
        for (c, &number) in row[columns.clone()].iter().enumerate().skip(squares) {
            panel[c * stride + r] = number;
        }
    }
}
