//! Commands that draw.

pub mod animate;
pub mod interpolate;
pub mod project;
pub mod reproduce;
pub mod sample;
