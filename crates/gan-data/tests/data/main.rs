//! What gan-data promises.

mod archives;
mod arrays;
mod folders;
mod idx_files;
mod image_sets;
mod made;
mod mnist;
mod picture_folders;
mod pictures;
mod pixels;
mod points;
