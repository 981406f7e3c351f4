//! What processes that train one network together ask of each other.
//!
//! - [`Collective`]: the trait, to be implemented for a network of your own (crate `gan-mpi` does for MPI);
//! - [`Single`]: one process alone, which costs nothing;
//! - [`in_process`]: ranks that are threads of one process, for tests;
//! - [`agree`]: refuses ranks that were not started alike.
//!
//! Every rank calls the same functions in the same order. Sums are taken in the order of ranks, so that a
//! fixed number of ranks always gives the same bits, on every rank.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod agreement;
mod in_process;

use std::fmt::Debug;
use std::ops::Range;

pub use agreement::{Disagreement, agree};
pub use in_process::{InProcess, in_process};

/// Processes that train together, as one of them sees them.
///
/// Nothing here fails: with a rank lost there is nobody left to agree with, and an implementation ends
/// the program with a message that names the rank.
pub trait Collective: Debug + Send + Sync {
    /// This process, from 0 on.
    fn rank(&self) -> usize;

    /// How many processes there are.
    fn ranks(&self) -> usize;

    /// Where this rank runs, for messages: the name of its host.
    fn host(&self) -> String;

    /// Adds up `values`, as many on every rank, in the order of ranks; all then hold the same bits.
    fn sum(&self, values: &mut [f32]);

    /// What every rank has to say, in the order of ranks.
    fn gather(&self, bytes: &[u8]) -> Vec<Vec<u8>>;

    /// The values of all ranks, as many of each, in the order of ranks.
    fn gather_values(&self, values: &[f32]) -> Vec<f32> {
        let (count, rank) = (values.len(), self.rank());
        let mut all = vec![0.0; count * self.ranks()];
        all[rank * count..][..count].copy_from_slice(values);
        // A value and zeros: the sum is the value, to the bit but for the sign of a zero.
        self.sum(&mut all);
        all
    }

    /// What `rank` has to say; the others' `bytes` do not matter.
    fn broadcast(&self, rank: usize, bytes: &[u8]) -> Vec<u8> {
        let bytes = if rank == self.rank() { bytes } else { &[] };
        self.gather(bytes).swap_remove(rank)
    }

    /// Waits until every rank has come here.
    fn barrier(&self) {
        self.gather(&[]);
    }

    /// Which of `count` things that all ranks share are this rank's: as many for each, in order. `None` if
    /// they cannot be shared equally.
    fn part(&self, count: usize) -> Option<Range<usize>> {
        let each = count / self.ranks();
        (each > 0 && each * self.ranks() == count)
            .then(|| self.rank() * each..(self.rank() + 1) * each)
    }
}

/// One process alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Single;

impl Collective for Single {
    fn rank(&self) -> usize {
        0
    }

    fn ranks(&self) -> usize {
        1
    }

    fn host(&self) -> String {
        "this machine".to_owned()
    }

    fn sum(&self, _: &mut [f32]) {}

    fn gather(&self, bytes: &[u8]) -> Vec<Vec<u8>> {
        vec![bytes.to_vec()]
    }
}

/// Adds up, for each place, the values that `parts` (one slice for each rank, in order) have there.
///
/// # Panics
/// If there is no part, or a part is shorter than `sums`.
pub fn sum_in_order<'a>(mut parts: impl Iterator<Item = &'a [f32]>, sums: &mut [f32]) {
    let first = parts.next().expect("at least one rank");
    let count = sums.len();
    sums.copy_from_slice(&first[..count]);
    for part in parts {
        for (sum, value) in sums.iter_mut().zip(&part[..count]) {
            *sum += value;
        }
    }
}
