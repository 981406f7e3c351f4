//! What this thread would have printed, for tests that need no process.

use std::cell::RefCell;

/// What a command printed.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    /// Results.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

thread_local! {
    static PRINTED: RefCell<Option<Printed>> = const { RefCell::new(None) };
}

/// Does `work`, and gives what it printed in place of printing it.
pub fn capture<T>(work: impl FnOnce() -> T) -> (T, Printed) {
    PRINTED.set(Some(Printed::default()));
    let result = work();
    (result, PRINTED.take().unwrap_or_default())
}

/// Whether this thread's output is captured.
pub fn is_on() -> bool {
    PRINTED.with_borrow(Option::is_some)
}

/// Keeps `text` if output is captured.
pub(super) fn stdout(text: &str) -> bool {
    keep(|printed| printed.stdout.push_str(text))
}

/// The same of what goes to stderr.
pub(super) fn stderr(text: &str) -> bool {
    keep(|printed| printed.stderr.push_str(text))
}

fn keep(push: impl FnOnce(&mut Printed)) -> bool {
    PRINTED.with_borrow_mut(|printed| printed.as_mut().map(push).is_some())
}
