//! Training: what decides a run, its data, and going on with it.

pub mod configuring;
pub mod own_data;
pub mod points;
pub mod resuming;
pub mod sweeping;
pub mod training;
