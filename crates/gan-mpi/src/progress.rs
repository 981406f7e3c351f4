//! How the training of a rank goes on, for its watchdog.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// After so long without a word a rank is taken for dead.
pub(crate) const SILENCE: Duration = Duration::from_secs(7);
/// Exchanges after which it is known how long the work between two of them takes.
const KNOWN: u64 = 20;
/// A rank hangs where it takes so many times longer than ever, and longer than `SILENCE`.
const MANY: u32 = 20;

/// Whether a rank waits for others or is at work, and since when.
#[derive(Clone, Debug)]
pub(crate) struct Progress(Arc<Times>);

#[derive(Debug)]
struct Times {
    start: Instant,
    /// Exchanges of gradients so far.
    exchanges: AtomicU64,
    /// Whether the rank waits for others.
    waits: AtomicBool,
    /// Milliseconds after `start` at which it last went to work.
    since: AtomicU64,
    /// The longest work between two exchanges, in milliseconds.
    longest: AtomicU64,
}

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(Times {
            start: Instant::now(),
            exchanges: AtomicU64::new(0),
            waits: AtomicBool::new(false),
            since: AtomicU64::new(0),
            longest: AtomicU64::new(0),
        }))
    }
}

impl Progress {
    /// Does `work`, which waits for other ranks.
    pub(crate) fn wait<R>(&self, work: impl FnOnce() -> R) -> R {
        self.0.waits.store(true, Ordering::Relaxed);
        let result = work();
        self.0.since.store(self.now(), Ordering::Relaxed);
        self.0.waits.store(false, Ordering::Relaxed);
        result
    }

    /// The same where gradients are exchanged.
    pub(crate) fn exchange<R>(&self, work: impl FnOnce() -> R) -> R {
        let took = self.now().saturating_sub(self.0.since.load(Ordering::Relaxed));
        // The first ones wait for data that is read and for kernels that are compiled.
        if self.0.exchanges.fetch_add(1, Ordering::Relaxed) >= KNOWN / 2 {
            self.0.longest.fetch_max(took, Ordering::Relaxed);
        }
        self.wait(work)
    }

    /// For how long the rank has been at work, if that is too long.
    pub(crate) fn hangs(&self) -> Option<Duration> {
        self.hangs_at(self.now())
    }

    fn hangs_at(&self, now: u64) -> Option<Duration> {
        let is_known = self.0.exchanges.load(Ordering::Relaxed) >= KNOWN;
        if !is_known || self.0.waits.load(Ordering::Relaxed) {
            return None;
        }
        let worked =
            Duration::from_millis(now.saturating_sub(self.0.since.load(Ordering::Relaxed)));
        let longest = Duration::from_millis(self.0.longest.load(Ordering::Relaxed));
        (worked > SILENCE.max(longest * MANY)).then_some(worked)
    }

    fn now(&self) -> u64 {
        self.0.start.elapsed().as_millis() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(progress: &Progress, time: Duration) -> Option<Duration> {
        progress.hangs_at(progress.now() + time.as_millis() as u64)
    }

    #[test]
    fn a_rank_hangs_once_it_works_for_longer_than_ever_and_than_the_silence() {
        let progress = Progress::default();
        for _ in 0..KNOWN {
            assert_eq!(after(&progress, SILENCE * 100), None, "nothing is known of it yet");
            progress.exchange(|| ());
        }
        assert_eq!(after(&progress, SILENCE / 2), None);
        assert!(after(&progress, SILENCE + Duration::from_secs(1)).is_some());
        // Steps of a second: 20 of them are no hang yet.
        progress.0.longest.store(1_000, Ordering::Relaxed);
        assert_eq!(after(&progress, Duration::from_secs(19)), None);
        assert!(after(&progress, Duration::from_secs(21)).is_some());
    }

    #[test]
    fn a_rank_that_waits_for_others_does_not_hang_however_long() {
        let progress = Progress::default();
        (0..KNOWN).for_each(|_| progress.exchange(|| ()));
        progress.wait(|| assert_eq!(after(&progress, SILENCE * 100), None));
    }
}
