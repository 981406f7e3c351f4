//! Rows, or columns, shared among threads.
//!
//! No kernel's number depends on who computes it, so any split gives the same bits.

use std::mem::MaybeUninit;

use rayon::prelude::*;

use super::out::Out;

/// Multiplications below which waking another thread costs more than it saves (about 10 µs).
const SMALL: usize = 500_000;

/// Multiplications above which two shares for each thread are enough: in small work one thread begins
/// later than the other, and many shares even that out; in large work each share reads much anew.
const LARGE: usize = 50_000_000;

/// A buffer of `rows` rows of `columns` numbers each, filled by `fill(first_row, rows)` on as many
/// threads as `work` (multiplications) is worth; shares are multiples of `granule` rows. `fill` must write
/// every number it is given.
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
    written(rows * columns, |numbers| match share(rows, granule, work) {
        None => fill(0, numbers),
        Some(share) => numbers
            .par_chunks_mut(share * columns)
            .enumerate()
            .for_each(|(index, rows)| fill(index * share, rows)),
    })
}

/// The same with shares of some columns of all rows: `fill(first_column, columns)`.
pub(crate) fn filled_by_columns<F>(
    rows: usize,
    columns: usize,
    granule: usize,
    work: usize,
    fill: F,
) -> Vec<f32>
where
    F: Fn(usize, Out<'_>) + Sync,
{
    written(rows * columns, |numbers| {
        let out = Out::new(numbers, columns, 0..columns);
        match share(columns, granule, work) {
            None => fill(0, out),
            Some(share) => out
                .by_columns(share)
                .into_par_iter()
                .enumerate()
                .for_each(|(index, out)| fill(index * share, out)),
        }
    })
}

/// How many of `count` rows or columns a share has, where more than one thread is worth it.
fn share(count: usize, granule: usize, work: usize) -> Option<usize> {
    let threads = rayon::current_num_threads();
    if threads == 1 || work < SMALL || count <= granule {
        return None;
    }
    let shares = if work < LARGE { 4 } else { 2 };
    Some(count.div_ceil(shares * threads).next_multiple_of(granule))
}

/// A buffer whose numbers `write` must all write.
fn written(length: usize, write: impl FnOnce(&mut [MaybeUninit<f32>])) -> Vec<f32> {
    let mut buffer = Vec::with_capacity(length);
    write(&mut buffer.spare_capacity_mut()[..length]);
    // SAFETY: `write` has written all `length` numbers, which are within the capacity.
    #[allow(unsafe_code)]
    unsafe {
        buffer.set_len(length);
    }
    buffer
}
