//! What gan-data promises.

mod archives;
mod arrays;
mod files;
mod folders;
mod formats;
mod idx_files;
mod images;
mod mnist;
mod mutants;
mod packing;
mod points;
mod synth;
