//! Ctrl-C and SIGTERM while a file is written piece by piece: nothing of it is left.

use std::path::Path;

use crate::failure::Failure;

/// `pieces` of the file at `path`, until a signal comes: then a failure, at which the half-written file is
/// removed. A second signal ends the program at once.
pub fn interruptible<T>(
    path: &Path,
    pieces: impl Iterator<Item = Result<T, Failure>>,
) -> impl Iterator<Item = Result<T, Failure>> {
    let signal = Signal::listen();
    let path = path.display().to_string();
    pieces.map(move |piece| match signal.came() {
        true => Err(Failure::interrupted(format!("{path}: not written"))),
        false => piece,
    })
}

/// Whether Ctrl-C or SIGTERM came since it was made. Otherwise, and afterwards, they do what they always do.
struct Signal {
    #[cfg(unix)]
    state: &'static unix::State,
}

#[cfg(unix)]
impl Signal {
    fn listen() -> Self {
        Self { state: unix::listen() }
    }

    fn came(&self) -> bool {
        self.state.came()
    }
}

#[cfg(unix)]
impl Drop for Signal {
    fn drop(&mut self) {
        self.state.rest();
    }
}

#[cfg(not(unix))]
impl Signal {
    fn listen() -> Self {
        Self {}
    }

    fn came(&self) -> bool {
        false
    }
}

#[cfg(unix)]
mod unix {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, OnceLock};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;

    pub struct State {
        came: Arc<AtomicBool>,
        /// Whether a signal ends the program: while nobody listens, and from the second one on.
        is_deadly: Arc<AtomicBool>,
    }

    /// Registered once: what is registered cannot be taken back, only told to act as by default.
    pub fn listen() -> &'static State {
        static STATE: OnceLock<State> = OnceLock::new();
        let state = STATE.get_or_init(|| {
            let state = State { came: Arc::default(), is_deadly: Arc::default() };
            for signal in [SIGINT, SIGTERM] {
                // In the order of registration; without them a signal ends the program, as always.
                let _ = flag::register_conditional_default(signal, Arc::clone(&state.is_deadly));
                let _ = flag::register(signal, Arc::clone(&state.is_deadly));
                let _ = flag::register(signal, Arc::clone(&state.came));
            }
            state
        });
        state.came.store(false, Ordering::SeqCst);
        state.is_deadly.store(false, Ordering::SeqCst);
        state
    }

    impl State {
        pub fn came(&self) -> bool {
            self.came.load(Ordering::SeqCst)
        }

        pub fn rest(&self) {
            self.is_deadly.store(true, Ordering::SeqCst);
        }
    }
}
