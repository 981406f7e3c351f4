//! Who notices that a rank is gone or hangs.
//!
//! A rank that dies is noticed by `mpirun`, which ends the others. What it does not notice: a process that
//! is stopped, a machine that is cut off, a thread that waits for ever. All others would wait with it.
//!
//! A thread on every rank tells rank 0 each second that its process lives, and rank 0 tells everybody. Who
//! has not been heard of for [`SILENCE`] is named, and all ranks end. The same thread looks whether the
//! training of its own rank still comes to exchange gradients; rank 0, which also evaluates and writes
//! files, may take its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mpi::Tag;
use mpi::point_to_point::{Destination, Source};
use mpi::request::{Request, StaticScope};
use mpi::topology::{Communicator, SimpleCommunicator};

use crate::progress::{Progress, SILENCE};

/// Between two signs of life.
const BEAT: Duration = Duration::from_secs(1);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
const TAG: Tag = 7;

/// A word that is the same for all, so that no message outlives what it is made of.
static ALIVE: [u8; 1] = [1];

/// Where another rank runs.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    process: String,
    host: String,
}

impl Peer {
    pub(crate) fn read(said: &[u8]) -> Self {
        let said = String::from_utf8_lossy(said);
        let (process, host) = said.split_once('\0').unwrap_or(("?", &said));
        Self { process: process.to_owned(), host: host.to_owned() }
    }
}

/// The thread that watches, until it is dropped.
pub(crate) struct Watchdog {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Channel(SimpleCommunicator);

// SAFETY: MPI_THREAD_MULTIPLE, which `Mpi::start` insists on, lets any thread use any handle.
#[allow(unsafe_code)]
unsafe impl Send for Channel {}

impl Watchdog {
    /// Watches from a thread of its own, over `channel`, which nobody else uses.
    pub(crate) fn start(
        channel: SimpleCommunicator,
        rank: usize,
        peers: Vec<Peer>,
        progress: Progress,
    ) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let (channel, told) = (Channel(channel), ends.clone());
        let watch = move || {
            let channel = channel;
            Watch { channel: &channel.0, rank, peers, progress }.until(&told);
        };
        let thread = std::thread::Builder::new().name("watchdog".to_owned()).spawn(watch);
        // A machine that has no room for one more thread has none for a training.
        Self { ends, thread: thread.ok() }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A word on its way.
type Word = Request<'static, [u8], StaticScope>;

struct Watch<'a> {
    channel: &'a SimpleCommunicator,
    rank: usize,
    peers: Vec<Peer>,
    progress: Progress,
}

impl Watch<'_> {
    fn until(&self, ends: &AtomicBool) {
        // Everybody hears rank 0, which hears everybody.
        let others: Vec<usize> = match self.rank {
            0 => (1..self.peers.len()).collect(),
            _ => vec![0],
        };
        let mut heard = vec![Instant::now(); self.peers.len()];
        let mut last_beat: Option<Instant> = None;
        let mut last_look = Instant::now();
        let mut sent = Vec::new();
        while !ends.load(Ordering::Relaxed) {
            // If this process itself stood still, its clock says nothing about the others.
            if last_look.elapsed() > SILENCE / 2 {
                heard.fill(Instant::now());
            }
            last_look = Instant::now();
            if last_beat.is_none_or(|beat| beat.elapsed() >= BEAT) {
                last_beat = Some(Instant::now());
                // A word this small is on its way at once. Where it is not, the rank at the other end is
                // stopped, and it is that one who is to be named, not this one to wait.
                sent = sent.into_iter().filter_map(|word: Word| word.test().err()).collect();
                sent.extend(others.iter().map(|&other| self.tell(other)));
            }
            for &other in &others {
                while self.has_told(other) {
                    heard[other] = Instant::now();
                }
                let silent = heard[other].elapsed();
                if silent > SILENCE {
                    self.end(other, "has not given a sign of life", silent);
                }
            }
            if self.rank > 0
                && let Some(worked) = self.progress.hangs()
            {
                self.end(self.rank, "has not come to exchange its gradients", worked);
            }
            std::thread::sleep(LOOK);
        }
        // MPI ends next; what nobody took is of no interest to anybody.
        sent.into_iter().filter_map(|word| word.test().err()).for_each(std::mem::forget);
    }

    fn tell(&self, other: usize) -> Word {
        let process = self.channel.process_at_rank(other as i32);
        process.immediate_send_with_tag(StaticScope, &ALIVE[..], TAG)
    }

    fn has_told(&self, other: usize) -> bool {
        let process = self.channel.process_at_rank(other as i32);
        let Some((message, _)) = process.immediate_matched_probe_with_tag(TAG) else {
            return false;
        };
        let mut word = [0_u8; 1];
        message.matched_receive_into(&mut word[..]);
        true
    }

    fn end(&self, rank: usize, what: &str, since: Duration) -> ! {
        let Peer { process, host } = &self.peers[rank];
        eprintln!(
            "error: rank {rank} on {host} (process {process}) {what} for {} seconds: it was stopped, hangs, or \
             its machine is cut off; all ranks end\n  → the last checkpoint is good: gan train --resume, on \
             as many ranks as there are then",
            since.as_secs()
        );
        self.channel.abort(1)
    }
}
