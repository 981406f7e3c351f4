//! Named tensors in files: from a module into a safetensors file and back, and out of PyTorch's.
//!
//! Works for any Burn module, so a network of your own is saved and loaded like ours. A tensor's
//! name is its path in the module, such as `output.weight`. Files are read without executing
//! anything, and a file that lies about its content is refused before anything is built from it.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod error;
mod file;
mod hash;
mod module;

pub use error::WeightsError;
pub use file::{NamedTensors, WeightFile, write_weight_file};
pub use hash::sha256;
pub use module::{ModulePath, learned_weights, load_weights, named_weights};
