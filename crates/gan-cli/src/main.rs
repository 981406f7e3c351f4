//! The program `gan`: all that it does is in the library beside it.

use std::process::ExitCode;

mod allocator;

fn main() -> ExitCode {
    allocator::keep_memory();
    gan_cli::set_environment();
    gan_cli::main(std::env::args_os())
}
