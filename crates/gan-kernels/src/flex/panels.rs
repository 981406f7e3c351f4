//! Right factors of products, turned and packed as they are read: panels of 32 columns one behind the
//! other, each row by row, the last filled up with zeros.

use std::iter::zip;
use std::mem::MaybeUninit;

use super::threads::filled;
use super::windows::WORK;

/// Columns of a packed panel: two of the widest vectors.
pub(crate) const PANEL: usize = 32;

/// Side of the squares that a matrix is transposed in: what the registers of any processor hold.
const BLOCK: usize = 4;

/// Columns that are transposed together: those of one cache line, read once.
const LINE: usize = 16;

/// The panels of the transpose of `matrix`, `[rows, columns]`.
pub(crate) fn panels(matrix: &[f32], columns: usize) -> Vec<f32> {
    let rows = matrix.len() / columns;
    filled(rows.div_ceil(PANEL), columns * PANEL, 1, WORK * matrix.len(), |first, out| {
        let (panels, rows) =
            (out.chunks_exact_mut(columns * PANEL), &matrix[first * PANEL * columns..]);
        for (panel, rows) in zip(panels, rows.chunks(PANEL * columns)) {
            transpose(rows, columns, panel);
        }
    })
}

/// The transpose of at most 32 rows of `columns` numbers.
fn transpose(rows: &[f32], columns: usize, panel: &mut [MaybeUninit<f32>]) {
    let lines = if rows.len() == PANEL * columns { columns / LINE } else { 0 };
    let (whole, rest) = panel.split_at_mut(lines * LINE * PANEL);
    for (line, out) in whole.chunks_exact_mut(LINE * PANEL).enumerate() {
        for first_row in (0..PANEL).step_by(BLOCK) {
            for first_column in (0..LINE).step_by(BLOCK) {
                let mut from = [[0.0f32; BLOCK]; BLOCK];
                for r in 0..BLOCK {
                    let row = &rows[(first_row + r) * columns + line * LINE + first_column..];
                    from[r].copy_from_slice(&row[..BLOCK]);
                }
                for c in 0..BLOCK {
                    let column = from.map(|row| MaybeUninit::new(row[c]));
                    let at = (first_column + c) * PANEL + first_row;
                    out[at..][..BLOCK].copy_from_slice(&column);
                }
            }
        }
    }
    for (column, out) in zip(lines * LINE.., rest.chunks_exact_mut(PANEL)) {
        for (r, out) in out.iter_mut().enumerate() {
            out.write(rows.get(r * columns + column).copied().unwrap_or(0.0));
        }
    }
}
