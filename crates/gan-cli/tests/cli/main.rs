//! What the program `gan` promises, tried at the program.

mod bad_input;
mod measuring;
mod extractor;
mod program;
mod resuming;
mod sampling;
mod sweeping;
mod training;
