//! Flags of the commands that draw.

pub mod animation;
pub mod project;
pub mod sample;
