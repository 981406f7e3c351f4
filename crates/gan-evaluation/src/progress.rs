//! How far an evaluation is.

/// Whoever wants to know how far an evaluation is. `()` does not.
pub trait Progress {
    /// The stage `what` begins, which has `total` parts.
    fn stage(&self, what: &str, total: u64);

    /// `by` more parts of the stage are done.
    fn advance(&self, by: u64);

    /// Something that a person should know: what is left out, and why.
    fn note(&self, line: &str);
}

impl Progress for () {
    fn stage(&self, _: &str, _: u64) {}

    fn advance(&self, _: u64) {}

    fn note(&self, _: &str) {}
}
