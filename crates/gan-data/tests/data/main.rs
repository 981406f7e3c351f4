//! What gan-data promises.

mod animations;
mod archives;
mod arrays;
mod files;
mod folders;
mod formats;
mod idx_files;
mod image_sets;
mod mnist;
mod mutants;
mod packing;
mod picture_folders;
mod pictures;
mod pixels;
mod points;
mod rule;
