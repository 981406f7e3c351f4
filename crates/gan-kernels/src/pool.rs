//! Where to call the kernels from.

#[cfg(not(target_arch = "wasm32"))]
use std::sync::atomic::{AtomicBool, Ordering};

/// Does `work` on a thread of rayon's pool and keeps the others awake meanwhile, so that kernels
/// inside share theirs at once.
///
/// A step of a small network shares work dozens of times, for some ten microseconds each; to wake
/// a sleeping thread takes as long or longer.
pub fn on_worker<R: Send>(work: impl FnOnce() -> R + Send) -> R {
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

/// Does what other threads of the pool have to share for as long as `awake` holds.
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

/// Does both, on two threads if there are two.
pub fn both<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    #[cfg(not(target_arch = "wasm32"))]
    if rayon::current_num_threads() > 1 {
        return rayon::join(a, b);
    }
    (a(), b())
}
