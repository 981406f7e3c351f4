//! One file for each command.

pub mod backends;
pub mod bench;
pub mod compare;
pub mod completions;
pub mod data_fetch;
pub mod data_inspect;
pub mod data_pack;
pub mod data_synth;
pub mod doctor;
pub mod evaluate;
pub mod export;
pub mod import;
pub mod info;
pub mod report;
pub mod reproduce;
pub mod sample;
pub mod sweep;
pub mod train;
pub mod train_extractor;
pub mod watch;
