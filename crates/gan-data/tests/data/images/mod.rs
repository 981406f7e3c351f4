//! What becomes of a picture.

pub mod animations;
pub mod image_sets;
pub mod picture_folders;
pub mod pictures;
pub mod pixels;
pub mod rule;
