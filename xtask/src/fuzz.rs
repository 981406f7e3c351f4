//! `cargo xtask fuzz`: files with mistakes, into every reader of data, for as long as one likes.

use crate::{Outcome, cargo_with};

/// Seconds of it in `cargo xtask ci`.
const IN_CI: u64 = 20;

/// Mutants of a file of every format for `seconds`; one that a reader panics at is kept and named.
pub fn fuzz(seconds: u64) -> Outcome {
    let test = ["test", "-p", "gan-data", "--test", "data", "--", "mutants", "--nocapture"];
    cargo_with(&test, &[("GAN_FUZZ_SECONDS", &seconds.to_string())])
}

/// A little of it.
pub fn briefly() -> Outcome {
    fuzz(IN_CI)
}
