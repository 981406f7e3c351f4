//! Which seeds and classes are drawn, and what they look like.

pub mod between;
pub mod class_names;
pub mod directions;
pub mod draw_list;
pub mod origin;
pub mod run_picture;
