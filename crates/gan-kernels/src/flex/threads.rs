//! Rows shared among threads.
//!
//! No kernel's number depends on who computes it, so any split gives the same bits.

use std::mem::MaybeUninit;

use rayon::prelude::*;

/// Multiplications below which waking another thread costs more than it saves (about 10 µs).
const SMALL: usize = 500_000;

/// Multiplications above which two shares for each thread are enough: in small work one thread begins
/// later than the other, and many shares even that out; in large work each share reads much anew.
const LARGE: usize = 50_000_000;

/// A buffer of `rows` rows of `columns` numbers each, filled by `fill(first_row, rows)` on as many
/// threads as `work` (multiplications) is worth; shares are multiples of `granule` rows. `fill` must write every number it is given.
pub(crate) fn filled<F>(
    rows: usize,
    columns: usize,
    granule: usize,
    work: usize,
    fill: F,
) -> Vec<f32>
where
    F: Fn(usize, &mut [MaybeUninit<f32>]) + Sync,
{
    let length = rows * columns;
    let mut buffer = Vec::with_capacity(length);
    let spare = &mut buffer.spare_capacity_mut()[..length];
    let threads = rayon::current_num_threads();
    if threads == 1 || work < SMALL || rows <= granule {
        fill(0, spare);
    } else {
        let shares = if work < LARGE { 4 } else { 2 };
        let share = rows.div_ceil(shares * threads).next_multiple_of(granule);
        spare
            .par_chunks_mut(share * columns)
            .enumerate()
            .for_each(|(index, rows)| fill(index * share, rows));
    }
    // SAFETY: `fill` has written all `length` numbers, which are within the capacity.
    #[allow(unsafe_code)]
    unsafe {
        buffer.set_len(length);
    }
    buffer
}
