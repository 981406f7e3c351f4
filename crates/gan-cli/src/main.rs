//! `gan`: trains, samples, measures and inspects generative adversarial networks.
//!
//! `main` turns a result into an exit code; every verb has a file in `verbs/`.

use std::process::ExitCode;

use clap::Parser;

mod allocator;
mod backend;
mod cli;
mod config_file;
mod draw_list;
mod evaluation;
mod extractors;
mod failure;
mod feature_cache;
mod flag_values;
mod machine;
mod metric_table;
mod mode_evaluation;
mod network_flags;
mod progress;
mod recorder;
mod run_config;
mod run_picture;
mod source;
mod terminal_picture;
mod timing;
mod training_flags;
mod verbs;
mod watch;

use cli::{Cli, DataVerb, Verb};

fn main() -> ExitCode {
    allocator::keep_memory();
    set_environment();
    let Cli { verb, train } = Cli::parse();
    let result = match verb.unwrap_or_else(|| Verb::Train(Box::new(train))) {
        Verb::Train(args) => verbs::train::run(&args),
        Verb::Sample(args) => verbs::sample::run(&args),
        Verb::Evaluate(args) => verbs::evaluate::run(&args),
        Verb::Compare(args) => verbs::compare::run(&args),
        Verb::Sweep(args) => verbs::sweep::run(&args),
        Verb::Info(args) => verbs::info::run(&args),
        Verb::Backends(args) => verbs::backends::run(&args),
        Verb::Bench(args) => verbs::bench::run(&args),
        Verb::Data(DataVerb::Synth(args)) => verbs::synth::run(&args),
        Verb::TrainExtractor(args) => verbs::train_extractor::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Keeps libraries from guessing: what opens Burn's default device gets the CPU, not the first GPU
/// of the machine, and the Vulkan loader finds the folder it would complain about.
#[allow(unsafe_code)]
fn set_environment() {
    // SAFETY: no other thread has been started yet.
    unsafe {
        std::env::set_var("BURN_DEVICE", "flex");
        if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
            std::env::set_var("XDG_RUNTIME_DIR", std::env::temp_dir());
        }
    }
}
