//! One file for each command, or a folder where it has parts.

pub mod backends;
pub mod bench;
pub mod completions;
pub mod data;
pub mod doctor;
pub mod evaluation;
pub mod export;
pub mod images;
pub mod import;
pub mod info;
pub mod lab;
pub mod report;
pub mod sweep;
pub mod train;
pub mod watch;
