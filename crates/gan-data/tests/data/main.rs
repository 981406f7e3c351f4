//! What gan-data promises.

mod folders;
mod idx_files;
mod image_sets;
mod made;
mod mnist;
mod pictures;
mod pixels;
