//! What the program `gan` promises, tried at the program.

mod animating;
mod bad_input;
mod configuring;
mod doctor;
mod exporting;
mod extractor;
mod lab;
mod measuring;
mod own_data;
mod points;
mod program;
mod projecting;
mod reporting;
mod resuming;
mod sampling;
mod streams;
mod sweeping;
mod training;
mod watching;
