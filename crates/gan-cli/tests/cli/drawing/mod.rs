//! Pictures out of generators, and generators for other tools.

pub mod animating;
pub mod exporting;
pub mod projecting;
pub mod sampling;
