//! Commands that measure.

pub mod compare;
pub mod evaluate;
pub mod train_extractor;
