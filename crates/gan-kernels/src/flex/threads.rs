//! Rows, or columns, shared among threads.
//!
//! No kernel's number depends on who computes it, so any split gives the same bits.

use std::iter;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::vec;

use rayon::prelude::*;

use super::out::Out;

/// Multiplications below which waking another thread costs more than it saves (about 10 µs).
const SMALL: usize = 500_000;

/// The last shares of a thread have this part of what is its own: shares read anew what all of them need.
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
    written(rows * columns, |mut numbers| {
        let cut = |rows: Range<usize>| {
            let share = numbers.split_off_mut(..rows.len() * columns);
            (rows.start, share.expect("as many rows as there are"))
        };
        in_shares(rows, granule, work, cut, |(first_row, rows)| fill(first_row, rows));
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
        let cut = |columns: Range<usize>| (columns.start, out.split_off_columns(columns.len()));
        in_shares(columns, granule, work, cut, |(first_column, out)| fill(first_column, out));
    })
}

/// Does `fill` with what `cut` makes of each share of `count` rows or columns, in order, on as many threads as
/// `work` (multiplications) is worth.
pub(crate) fn in_shares<T: Send>(
    count: usize,
    granule: usize,
    work: usize,
    mut cut: impl FnMut(Range<usize>) -> T,
    fill: impl Fn(T) + Sync,
) {
    let threads = rayon::current_num_threads();
    if threads == 1 || work < SMALL || count <= granule {
        return fill(cut(0..count));
    }
    let ends =
        (1..=threads).map(|end| (count * end / threads).next_multiple_of(granule).min(count));
    let mut start = 0;
    let shares_of_thread = ends.map(|end| {
        let own = start..end;
        start = end;
        shares(own, granule).map(&mut cut).collect()
    });
    work_off(shares_of_thread.collect(), fill);
}

/// Of what is a thread's own first a half, then ever smaller shares.
fn shares(mut own: Range<usize>, granule: usize) -> impl Iterator<Item = Range<usize>> {
    let least = own.len() / LAST;
    iter::from_fn(move || {
        let half = own.len().div_ceil(2).max(least);
        let share = own.start..own.end.min(own.start + half.next_multiple_of(granule));
        own.start = share.end;
        (!share.is_empty()).then_some(share)
    })
}

/// Does `fill` with every share. Each thread begins with its own, which are of the same rows or columns in
/// every kernel, so that some of what they need is in its caches, and then takes from the others: though
/// one be slower, or begin later, all end together (affinity scheduling, Markatos and LeBlanc 1994).
fn work_off<T: Send>(shares_of_thread: Vec<Vec<T>>, fill: impl Fn(T) + Sync) {
    let queues: Vec<_> =
        shares_of_thread.into_iter().map(|shares| Mutex::new(shares.into_iter())).collect();
    let next = |queue: &Mutex<vec::IntoIter<T>>| {
        queue.lock().unwrap_or_else(PoisonError::into_inner).next()
    };
    (0..queues.len()).into_par_iter().with_max_len(1).for_each(|_| {
        let own = rayon::current_thread_index().unwrap_or(0);
        let (others, first) = queues.split_at(own % queues.len());
        for queue in first.iter().chain(others) {
            while let Some(share) = next(queue) {
                fill(share);
            }
        }
    });
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
