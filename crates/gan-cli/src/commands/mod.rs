//! One file for each command, or a folder where it has parts.

pub mod animate;
pub mod backends;
pub mod bench;
pub mod compare;
pub mod completions;
pub mod data;
pub mod doctor;
pub mod evaluate;
pub mod export;
pub mod import;
pub mod info;
pub mod interpolate;
pub mod lab;
pub mod project;
pub mod report;
pub mod reproduce;
pub mod sample;
pub mod sweep;
pub mod train;
pub mod train_extractor;
pub mod watch;
