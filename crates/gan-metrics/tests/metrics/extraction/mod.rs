//! Feature extractors.

pub mod extractor_training;
pub mod extractors;
pub mod inception;
