//! A [`Collective`](gan_collective::Collective) over MPI, the engine that clusters have.
//!
//! With the feature `mpi`: `Mpi::start` joins the processes that `mpirun` or `srun` started.
//! Gradients go through the memory of the host, so any backend of Burn takes part. A thread of its own
//! watches whether the other ranks are alive, see `watchdog.rs`.
//!
//! Without the feature this crate is empty, and needs nothing of the machine.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(feature = "mpi")]
mod communicator;
#[cfg(any(feature = "mpi", test))]
#[cfg_attr(not(feature = "mpi"), allow(dead_code))]
mod progress;
#[cfg(feature = "mpi")]
mod watchdog;

#[cfg(feature = "mpi")]
pub use communicator::{Mpi, StartError};
