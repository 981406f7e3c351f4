//! `gan`: trains, samples, measures and inspects generative adversarial networks.
//!
//! [`main`] turns a result into an exit code; every command has a file in `commands/`.

use std::ffi::OsString;
use std::process::ExitCode;

mod commands;
mod config_file;
mod distributed;
mod failure;
mod flags;
mod machine;
mod measuring;
mod metric_table;
mod observers;
mod run_config;
mod sampling;
mod serve;
mod source;
mod terminal;
#[cfg(unix)]
mod terminal_ui;

use failure::Failure;
use flags::{Cli, Command};
pub use terminal::capture::{Printed, capture as captured};

/// The version of the program, which its files carry.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Does what the command line `args` asks for; the first is the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run(args))
}

/// The same within a program of your own: gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let done = match flags::parse(args) {
        Ok(cli) => follow(cli).map(|()| 0),
        Err(message) => terminal::usage(&message).map_err(Failure::from),
    };
    done.unwrap_or_else(|failure| failure.report(flags::flag_of))
}

fn follow(Cli { command, train }: Cli) -> Result<(), Failure> {
    match command.unwrap_or_else(|| Command::Train(Box::new(train))) {
        Command::Train(args) => commands::train::run(&args),
        Command::Sample(args) => commands::images::sample::run(&args),
        Command::Interpolate(args) => commands::images::interpolate::run(&args),
        Command::Animate(args) => commands::images::animate::run(&args),
        Command::Project(args) => commands::images::project::run(&args),
        Command::Evaluate(args) => commands::evaluation::evaluate::run(&args),
        Command::Compare(args) => commands::evaluation::compare::run(&args),
        Command::Report(args) => commands::report::run(&args),
        Command::Watch(args) => commands::watch::run(&args),
        Command::Lab(args) => commands::lab::run(&args),
        Command::Doctor(args) => commands::doctor::run(&args),
        Command::Sweep(args) => commands::sweep::run(&args),
        Command::Export(args) => commands::export::run(&args),
        Command::Import(args) => commands::import::run(&args),
        Command::Reproduce(args) => commands::images::reproduce::run(&args),
        Command::Info(args) => commands::info::run(&args),
        Command::Backends(args) => commands::backends::run(&args),
        Command::Bench(args) => commands::bench::run(&args),
        Command::TrainExtractor(args) => commands::evaluation::train_extractor::run(&args),
        Command::Data(command) => commands::data::run(&command),
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man => commands::completions::manual(),
    }
}

/// Keeps libraries from guessing: what opens Burn's default device gets the CPU, not the first GPU
/// of the machine, and the Vulkan loader finds the folder it would complain about. Call it before
/// other threads start.
#[allow(unsafe_code)]
pub fn set_environment() {
    // SAFETY: no other thread has been started yet.
    unsafe {
        std::env::set_var("BURN_DEVICE", "flex");
        if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
            std::env::set_var("XDG_RUNTIME_DIR", std::env::temp_dir());
        }
    }
}
