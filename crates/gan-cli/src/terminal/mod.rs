//! What only a terminal shows.

pub mod picture;
