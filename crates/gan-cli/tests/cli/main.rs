//! What the program `gan` promises, tried at the program.

mod bad_input;
mod configuring;
mod program;
mod resuming;
mod sampling;
mod training;
