//! Rows, or columns, shared among threads.
//!
//! No kernel's number depends on who computes it, so any split gives the same bits.

use std::iter;
use std::mem::{self, MaybeUninit};
use std::ops::Range;

use rayon::prelude::*;

use super::out::Out;

/// Multiplications below which waking another thread costs more than it saves (about 10 µs).
const SMALL: usize = 500_000;

/// The last shares of large work have this part of what a thread would do alone: shares read anew what
/// all of them need.
const LAST: usize = 8;

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
    written(rows * columns, |mut numbers| match shares(rows, granule, work) {
        None => fill(0, numbers),
        Some(shares) => shares
            .map(|rows| {
                let (now, rest) = mem::take(&mut numbers).split_at_mut(rows.len() * columns);
                numbers = rest;
                (rows.start, now)
            })
            .par_bridge()
            .for_each(|(first_row, rows)| fill(first_row, rows)),
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
        let mut out = Out::new(numbers, columns, 0..columns);
        match shares(columns, granule, work) {
            None => fill(0, out),
            Some(shares) => shares
                .map(|columns| (columns.start, out.split_off_columns(columns.len())))
                .par_bridge()
                .for_each(|(first_column, out)| fill(first_column, out)),
        }
    })
}

/// The shares of `count` rows or columns, where more than one thread is worth it, in the order in which
/// threads take them: the next whenever one is done. Each has half of what would be left for a thread, so
/// that the last are small and all threads end together, though one be slower, or begin later (guided
/// self-scheduling, Polychronopoulos and Kuck 1987).
fn shares(count: usize, granule: usize, work: usize) -> Option<impl Iterator<Item = Range<usize>>> {
    let threads = rayon::current_num_threads();
    if threads == 1 || work < SMALL || count <= granule {
        return None;
    }
    let least = count / (LAST * threads);
    let mut next = 0;
    Some(iter::from_fn(move || {
        let left = count - next;
        let share = left.div_ceil(2 * threads).max(least).next_multiple_of(granule).min(left);
        next += share;
        (share > 0).then_some(next - share..next)
    }))
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
