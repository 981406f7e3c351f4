//! What the metrics promise: they agree with public implementations, see the defects that they are
//! for, and answer or refuse clearly; and what the extractors do.

mod agreement;
mod arrays;
mod baselines;
mod defects;
mod directions;
mod extraction;
mod files;
mod intervals;
mod oracles;
mod refusals;
mod simulation;
mod suite;
mod synthetic;
