//! Flags of the commands that draw.

pub mod animation;
pub mod drawing;
pub mod project;
pub mod sample;
