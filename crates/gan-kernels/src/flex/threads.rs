//! Rows, or columns, in chunks for threads.
//!
//! No kernel's value depends on who computes it, so any split gives the same bits.

use std::iter;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::vec;

use super::out::Out;
use crate::pool;

/// Multiplications below which waking another thread costs more than it saves (about 10 µs).
const SMALL: usize = 500_000;

/// The last chunks of a thread have this part of what is its own: chunks read anew what all of them need.
const LAST: usize = 8;

/// A buffer of `rows` rows of `columns` values each, filled by `fill(first_row, rows)` on as many
/// threads as `work` (multiplications) is worth; chunks are multiples of `grain` rows. `fill` must write
/// every value it is given.
pub(crate) fn filled<F>(rows: usize, columns: usize, grain: usize, work: usize, fill: F) -> Vec<f32>
where
    F: Fn(usize, &mut [MaybeUninit<f32>]) + Sync,
{
    written(rows * columns, |mut values| {
        let cut = |rows: Range<usize>| {
            let chunk = values.split_off_mut(..rows.len() * columns);
            (rows.start, chunk.expect("as many rows as there are"))
        };
        in_chunks(rows, grain, work, cut, |(first_row, rows)| fill(first_row, rows));
    })
}

/// The same with chunks of some columns of all rows: `fill(first_column, columns)`.
pub(crate) fn filled_by_columns<F>(
    rows: usize,
    columns: usize,
    grain: usize,
    work: usize,
    fill: F,
) -> Vec<f32>
where
    F: Fn(usize, Out<'_>) + Sync,
{
    written(rows * columns, |values| {
        let mut out = Out::new(values, columns, 0..columns);
        let cut = |columns: Range<usize>| (columns.start, out.split_off_columns(columns.len()));
        in_chunks(columns, grain, work, cut, |(first_column, out)| fill(first_column, out));
    })
}

/// Calls `fill` with what `cut` makes of each chunk of `count` rows or columns, in order, on as many threads as
/// `work` (multiplications) is worth.
pub(crate) fn in_chunks<T: Send>(
    count: usize,
    grain: usize,
    work: usize,
    mut cut: impl FnMut(Range<usize>) -> T,
    fill: impl Fn(T) + Sync,
) {
    let threads = pool::threads();
    if threads == 1 || work < SMALL || count <= grain {
        return fill(cut(0..count));
    }
    let ends = (1..=threads).map(|end| (count * end / threads).next_multiple_of(grain).min(count));
    let mut start = 0;
    let chunks_of_thread = ends.map(|end| {
        let own = start..end;
        start = end;
        chunks(own, grain).map(&mut cut).collect()
    });
    drain(chunks_of_thread.collect(), fill);
}

/// Of what is a thread's own first a half, then ever smaller chunks.
fn chunks(mut own: Range<usize>, grain: usize) -> impl Iterator<Item = Range<usize>> {
    let least = own.len() / LAST;
    iter::from_fn(move || {
        let half = own.len().div_ceil(2).max(least);
        let chunk = own.start..own.end.min(own.start + half.next_multiple_of(grain));
        own.start = chunk.end;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// Calls `fill` with every chunk. Each thread begins with its own, which are of the same rows or columns in
/// every kernel, so that some of what they need is in its caches, and then takes from the others: though
/// one be slower, or begin later, all end together (affinity scheduling, Markatos and LeBlanc 1994).
fn drain<T: Send>(chunks_of_thread: Vec<Vec<T>>, fill: impl Fn(T) + Sync) {
    let queues: Vec<_> =
        chunks_of_thread.into_iter().map(|chunks| Mutex::new(chunks.into_iter())).collect();
    let next = |queue: &Mutex<vec::IntoIter<T>>| {
        queue.lock().unwrap_or_else(PoisonError::into_inner).next()
    };
    pool::on_each_thread(queues.len(), |own| {
        let (others, first) = queues.split_at(own % queues.len());
        for queue in first.iter().chain(others) {
            while let Some(chunk) = next(queue) {
                fill(chunk);
            }
        }
    });
}

/// A buffer whose values `write` must all write.
fn written(length: usize, write: impl FnOnce(&mut [MaybeUninit<f32>])) -> Vec<f32> {
    let mut buffer = Vec::with_capacity(length);
    write(&mut buffer.spare_capacity_mut()[..length]);
    // SAFETY: `write` has written all `length` values, which are within the capacity.
    #[allow(unsafe_code)]
    unsafe {
        buffer.set_len(length);
    }
    buffer
}
