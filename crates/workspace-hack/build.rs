//! Cargo heeds build-dependencies of a crate that has a build script only.
fn main() {}
