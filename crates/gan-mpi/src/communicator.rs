//! All ranks, as MPI connects them.

use std::fmt;

use gan_collective::{Collective, sum_in_order};
use mpi::Threading;
use mpi::datatype::PartitionMut;
use mpi::environment::Universe;
use mpi::topology::{Communicator, SimpleCommunicator};
use mpi::traits::CommunicatorCollectives;

use crate::progress::Progress;
use crate::watchdog::{Peer, Watchdog};

/// Up to so many values a sum is one exchange of everything; beyond, each rank sums a part.
const SMALL: usize = 1 << 12;

/// The processes that `mpirun` or `srun` started, as one of them sees them.
///
/// There is one in a process. Dropping it waits for all ranks to do the same.
pub struct Mpi {
    rank: usize,
    ranks: usize,
    host: String,
    local: Local,
    progress: Progress,
    /// Dropped first: it talks, too.
    watchdog: Option<Watchdog>,
    world: Shared<SimpleCommunicator>,
    // The last field, so that MPI ends when nothing uses it any more.
    _universe: Shared<Universe>,
}

/// The ranks of one host.
#[derive(Clone, Copy, Debug)]
struct Local {
    rank: usize,
    ranks: usize,
}

/// Why there is no MPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// It was started before in this process.
    Started,
    /// The library lets one thread alone use it, so that no watchdog can run.
    OneThread,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Started => "MPI was started before in this process",
            Self::OneThread => {
                "this MPI library lets one thread alone use it (no MPI_THREAD_MULTIPLE), so that a rank that \
                 hangs would be noticed by nobody: take Open MPI 4 or newer, or MPICH"
            }
        })
    }
}

impl std::error::Error for StartError {}

/// A handle of MPI, which several threads may use.
struct Shared<T>(T);

// SAFETY: MPI_THREAD_MULTIPLE, which `Mpi::start` insists on, lets any thread use any handle.
#[allow(unsafe_code)]
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl<T> Sync for Shared<T> {}

impl Mpi {
    /// Joins the processes that were started together. Call it on the main thread, which is also to drop
    /// what it gives.
    ///
    /// # Errors
    /// If MPI cannot be used as it must be.
    pub fn start() -> Result<Self, StartError> {
        let (universe, threading) =
            mpi::initialize_with_threading(Threading::Multiple).ok_or(StartError::Started)?;
        if threading < Threading::Multiple {
            return Err(StartError::OneThread);
        }
        let world = universe.world().duplicate();
        let (rank, ranks) = (world.rank() as usize, world.size() as usize);
        let host = mpi::environment::processor_name().unwrap_or_else(|_| "a host".to_owned());
        let of_host = world.split_shared(world.rank());
        let local = Local { rank: of_host.rank() as usize, ranks: of_host.size() as usize };
        let mut this = Self {
            rank,
            ranks,
            host,
            local,
            progress: Progress::default(),
            watchdog: None,
            world: Shared(world),
            _universe: Shared(universe),
        };
        if ranks > 1 {
            let said = format!("{}\0{}", std::process::id(), this.host);
            let peers = this.gather(said.as_bytes()).iter().map(|said| Peer::read(said)).collect();
            let own_channel = this.world.0.duplicate();
            this.watchdog = Some(Watchdog::start(own_channel, rank, peers, this.progress.clone()));
        }
        Ok(this)
    }

    /// This rank among those of its host, from 0 on: which of its GPUs is ours.
    pub fn local_rank(&self) -> usize {
        self.local.rank
    }

    /// Ranks on this host.
    pub fn local_ranks(&self) -> usize {
        self.local.ranks
    }

    /// Ends all ranks at once with an exit code, where they would wait for this one.
    pub fn abort(&self, code: u8) -> ! {
        self.world.0.abort(code.into())
    }
}

impl fmt::Debug for Mpi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rank {} of {} on {}", self.rank, self.ranks, self.host)
    }
}

impl Drop for Mpi {
    fn drop(&mut self) {
        // A rank that is still at work is waited for, and watched meanwhile. One that panics is not to
        // wait for the others: MPI ends them when this process goes without a word.
        if std::thread::panicking() {
            return;
        }
        self.progress.wait(|| self.world.0.barrier());
        self.watchdog = None;
    }
}

impl Collective for Mpi {
    fn rank(&self) -> usize {
        self.rank
    }

    fn ranks(&self) -> usize {
        self.ranks
    }

    fn host(&self) -> String {
        self.host.clone()
    }

    /// Small: everything to everybody, who each sum. Large: each rank is sent its part by all, sums it, and
    /// sends the sums to all, 2 (ranks − 1) / ranks of the values out of each rank and as many in. MPI's own
    /// all-reduce moves no less, and leaves open in which order it adds.
    fn sum(&self, values: &mut [f32]) {
        if self.ranks == 1 {
            return;
        }
        self.progress.exchange(|| {
            let (world, count) = (&self.world.0, values.len());
            if count <= SMALL {
                let mut all = vec![0.0_f32; count * self.ranks];
                world.all_gather_into(&*values, &mut all[..]);
                sum_in_order(all.chunks_exact(count), values);
                return;
            }
            let each = count.div_ceil(self.ranks);
            let mut padded = values.to_vec();
            padded.resize(each * self.ranks, 0.0);
            let mut parts = vec![0.0_f32; padded.len()];
            world.all_to_all_into(&padded[..], &mut parts[..]);
            let mut sums = vec![0.0_f32; each];
            sum_in_order(parts.chunks_exact(each), &mut sums);
            world.all_gather_into(&sums[..], &mut padded[..]);
            values.copy_from_slice(&padded[..count]);
        });
    }

    fn gather(&self, bytes: &[u8]) -> Vec<Vec<u8>> {
        if self.ranks == 1 {
            return vec![bytes.to_vec()];
        }
        self.progress.wait(|| {
            let world = &self.world.0;
            let own = i32::try_from(bytes.len()).expect("messages are smaller than 2 GB");
            let mut counts = vec![0_i32; self.ranks];
            world.all_gather_into(&own, &mut counts[..]);
            let begins: Vec<i32> = counts
                .iter()
                .scan(0, |begin, count| {
                    *begin += count;
                    Some(*begin - count)
                })
                .collect();
            let total = counts.iter().map(|&count| count as usize).sum();
            // Where nobody has anything to say there is no buffer, and the address of none is what MPI takes
            // for "in place".
            if total == 0 {
                return vec![Vec::new(); self.ranks];
            }
            let mut all = vec![0_u8; total];
            let mut parts = PartitionMut::new(&mut all[..], &counts[..], &begins[..]);
            world.all_gather_varcount_into(bytes, &mut parts);
            let mut rest = all.as_slice();
            let mut next = |count: &i32| {
                let (part, after) = rest.split_at(*count as usize);
                rest = after;
                part.to_vec()
            };
            counts.iter().map(&mut next).collect()
        })
    }
}
