//! What the program `gan` promises, tried at the program.

mod bad_input;
mod measuring;
mod program;
mod resuming;
mod sampling;
mod sweeping;
mod training;
