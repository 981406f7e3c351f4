//! What gan-metrics promises.

mod extractor_training;
mod extractors;
mod inception;
mod made;
