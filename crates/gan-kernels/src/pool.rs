//! The thread pool that kernels share their work in.

#[cfg(not(target_arch = "wasm32"))]
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

/// Runs `work` on a thread of rayon's pool and keeps the others awake meanwhile, so that kernels
/// inside can share theirs at once.
///
/// A step of a small network shares work dozens of times, for some ten microseconds each; to wake
/// a sleeping thread takes as long or longer.
pub fn with_pool_awake<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    #[cfg(not(target_arch = "wasm32"))]
    if rayon::current_num_threads() > 1 {
        let awake = AtomicBool::new(true);
        return rayon::scope(|scope| {
            for _ in 1..rayon::current_num_threads() {
                scope.spawn(|_| help_while(&awake));
            }
            // Dropped also when `work` panics: the scope waits for the helpers.
            let _sleep = SleepAfterwards(&awake);
            work()
        });
    }
    work()
}

/// Executes what other threads of the pool have to share for as long as `awake` holds.
#[cfg(not(target_arch = "wasm32"))]
fn help_while(awake: &AtomicBool) {
    let mut idle = 0;
    while awake.load(Ordering::Relaxed) {
        match rayon::yield_now() {
            Some(rayon::Yield::Executed) => idle = 0,
            _ if idle < 1000 => {
                idle += 1;
                std::hint::spin_loop();
            }
            // Others may need the processor more.
            _ => std::thread::yield_now(),
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
struct SleepAfterwards<'a>(&'a AtomicBool);

#[cfg(not(target_arch = "wasm32"))]
impl Drop for SleepAfterwards<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Runs both, on two threads if there are two.
pub fn join<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    #[cfg(not(target_arch = "wasm32"))]
    if rayon::current_num_threads() > 1 {
        return rayon::join(a, b);
    }
    (a(), b())
}

/// How many threads kernels share their work among: one in a browser.
pub(crate) fn threads() -> usize {
    #[cfg(not(target_arch = "wasm32"))]
    let threads = rayon::current_num_threads();
    #[cfg(target_arch = "wasm32")]
    let threads = 1;
    threads
}

/// Calls `work` `count` times, on as many threads as there are, with the index of the thread.
pub(crate) fn on_each_thread(count: usize, work: impl Fn(usize) + Sync) {
    #[cfg(not(target_arch = "wasm32"))]
    (0..count)
        .into_par_iter()
        .with_max_len(1)
        .for_each(|_| work(rayon::current_thread_index().unwrap_or(0)));
    #[cfg(target_arch = "wasm32")]
    (0..count).for_each(work);
}
