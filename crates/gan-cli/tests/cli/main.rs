//! What the program `gan` promises, tried at the program.

mod bad_input;
mod drawing;
mod judging;
mod program;
mod runs;
mod streams;
