//! The examples are the files beside this one; see `README.md`.

// The programs of the library's book compile and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct Library;
