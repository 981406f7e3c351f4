//! One file for each verb.

pub mod backends;
pub mod bench;
pub mod info;
pub mod sample;
pub mod train;
pub mod train_extractor;
