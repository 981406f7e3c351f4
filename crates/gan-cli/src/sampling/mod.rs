//! Which seeds and classes are drawn, and what they look like.

pub mod animation_file;
pub mod between;
pub mod class_names;
pub mod directions;
pub mod draw_list;
pub mod from_latents;
pub mod latents;
pub mod origin;
pub mod projection;
pub mod run_picture;
pub mod walk;
