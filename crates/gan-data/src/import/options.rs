//! How a set is opened.

use crate::rule::Rule;

/// What progress calls the decoding.
pub(super) const READING: &str = "reading pictures";

/// What is being done, how much of it is done, and of how much.
type Progress<'a> = dyn Fn(&str, usize, usize) + Sync + 'a;

/// How a set is opened.
#[derive(Clone, Copy, Default)]
pub struct OpenOptions<'a> {
    /// What becomes of every picture; without a resolution, one is chosen.
    pub rule: Rule,
    /// `Some(true)` refuses a set with a file that cannot be read, `Some(false)` accepts any number of
    /// them, `None` at most 1 %.
    pub strict: Option<bool>,
    /// Whether the networks at hand take images of `[height, width]`; decides where no resolution is
    /// given. All sizes are taken without it.
    pub accepts: Option<&'a (dyn Fn([usize; 2]) -> bool + Sync)>,
    /// Told what is being done, and how much of how much is; from several threads. Pictures are read twice:
    /// their sizes first, which decide the resolution.
    pub progress: Option<&'a Progress<'a>>,
}
