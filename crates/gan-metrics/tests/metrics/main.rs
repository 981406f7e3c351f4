//! What the metrics promise: they agree with public implementations, see the defects that they are
//! for, and answer or refuse clearly; and what the extractors do.

mod agreement;
mod arrays;
mod defects;
mod extractor_training;
mod extractors;
mod files;
mod baselines;
mod inception;
mod synthetic;
mod refusals;
mod suite;
