//! `gan`: trains, samples, measures and inspects generative adversarial networks.
//!
//! [`main`] turns a result into an exit code; every command has a file in `commands/`.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

mod commands;
mod config_file;
mod evaluation;
mod extractors;
mod failure;
mod feature_cache;
mod flags;
mod machine;
mod metric_table;
mod mode_evaluation;
mod observers;
mod run_config;
mod sampling;
mod source;
mod terminal;
mod watch;

use failure::Failure;
use flags::{Cli, DataVerb, Verb};

/// Does what the command line `args` asks for; the first is the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell where this fails.
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(Cli { verb, train }: Cli) -> Result<(), Failure> {
    match verb.unwrap_or_else(|| Verb::Train(Box::new(train))) {
        Verb::Train(args) => commands::train::run(&args),
        Verb::Sample(args) => commands::sample::run(&args),
        Verb::Evaluate(args) => commands::evaluate::run(&args),
        Verb::Compare(args) => commands::compare::run(&args),
        Verb::Sweep(args) => commands::sweep::run(&args),
        Verb::Info(args) => commands::info::run(&args),
        Verb::Backends(args) => commands::backends::run(&args),
        Verb::Bench(args) => commands::bench::run(&args),
        Verb::Data(DataVerb::Synth(args)) => commands::synth::run(&args),
        Verb::TrainExtractor(args) => commands::train_extractor::run(&args),
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
