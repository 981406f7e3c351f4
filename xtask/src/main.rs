//! `cargo xtask`: what the repository does with itself.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::{Parser, Subcommand};

mod bench;
mod ci;
mod fuzz;
mod presets;
mod scaling;
mod troubles;
mod web;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "What the repository does with itself")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks and tests; what CI runs
    Ci {
        /// First install what the machine lacks: rustup components and targets and, on Debian and
        /// Ubuntu, system packages
        #[arg(long)]
        install: bool,
        /// Also what takes long and rarely breaks, as before a release
        #[arg(long, conflicts_with = "only")]
        all: bool,
        /// This part alone, such as "several processes"
        #[arg(long, value_name = "PART")]
        only: Option<String>,
    },
    /// Training speed on every backend that is here (flags: cargo xtask bench -- --help)
    Bench {
        /// Compare with an earlier measurement, a file of `cargo xtask bench -- --json`
        #[arg(long, value_name = "OLD.json", conflicts_with = "peers")]
        compare: Option<PathBuf>,
        /// Against JAX, PyTorch and TensorFlow, doing the same work side by side
        #[arg(long)]
        peers: bool,
        /// Whole programs beside those frameworks': sampling, start, memory, size on disk
        #[arg(long, conflicts_with_all = ["peers", "compare"])]
        programs: bool,
        /// The metrics, beside SciPy and prdc
        #[arg(long, conflicts_with_all = ["peers", "programs", "compare"])]
        metrics: bool,
        /// Two processes that train together, or so many, beside one and beside as many that have nothing to
        /// do with each other; takes Open MPI and a machine that does nothing else
        #[arg(long, value_name = "N,N", value_delimiter = ',', num_args = 0..=1)]
        #[arg(default_missing_value = "2")]
        #[arg(conflicts_with_all = ["peers", "programs", "metrics", "compare"])]
        ranks: Vec<usize>,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<String>,
    },
    /// Files with mistakes into every reader of data
    Fuzz {
        /// For so long
        #[arg(long, value_name = "N", default_value_t = 60)]
        seconds: u64,
    },
    /// Write the tables of docs/presets.md anew
    Presets,
    /// Train and record the runs that `gan doctor` is measured on (crates/gan-run/tests/fixtures/troubles)
    Troubles {
        /// One of them: tuning or held-out
        #[arg(long, value_name = "NAME", value_parser = ["tuning", "held-out"])]
        library: Option<String>,
    },
    /// Build the browser lab into target/site
    Web {
        /// Then serve it on this machine
        #[arg(long)]
        serve: bool,
        /// Where to serve it
        #[arg(long, value_name = "PORT", default_value_t = 8000)]
        port: u16,
        /// First test it in headless Chromium
        #[arg(long)]
        check: bool,
    },
    /// Train the digit classifier that gan-metrics ships (flags: cargo xtask train-extractor --
    /// --help); its new hash belongs into crates/gan-metrics/src/mnistcnn.rs
    TrainExtractor {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Ci { install, all, only } => {
            ci::ci(install, &ci::Which { all, only: only.as_deref() })
        }
        Task::Bench { compare: Some(old), flags, .. } => bench::compare(&old, &flags),
        Task::Bench { peers: true, flags, .. } => bench::peers(&flags),
        Task::Bench { programs: true, flags, .. } => bench::programs(&flags),
        Task::Bench { metrics: true, flags, .. } => bench::metrics(&flags),
        Task::Bench { ranks, .. } if !ranks.is_empty() => scaling::ranks(&ranks),
        Task::Bench { flags, .. } => bench::alone(&flags),
        Task::Fuzz { seconds } => fuzz::fuzz(seconds),
        Task::Presets => presets::write(),
        Task::Troubles { library } => troubles::record(library.as_deref()),
        Task::Web { serve, port, check } => {
            web::web(&web::Then { serve: serve.then_some(port), check })
        }
        Task::TrainExtractor { flags } => train_extractor(&flags),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<(), String>;

fn train_extractor(flags: &[String]) -> Outcome {
    let shipped = ["--out", "crates/gan-metrics/data/mnistcnn.safetensors"];
    let goes_elsewhere = flags.iter().any(|flag| flag == "--out" || flag.starts_with("--out="));
    let defaults: &[&str] = if goes_elsewhere { &[] } else { &shipped };
    cargo(&["build", "-p", "gan-cli", "--quiet"])?;
    let flags = flags.iter().map(String::as_str);
    let args: Vec<&str> =
        ["train-extractor"].into_iter().chain(defaults.iter().copied()).chain(flags).collect();
    run(program("gan"), &args, Path::new("."))
}

fn cargo(args: &[&str]) -> Outcome {
    cargo_with(args, &[])
}

/// Cargo with `variables` in its environment.
fn cargo_with(args: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run_with(cargo.into(), args, Path::new("."), variables)
}

fn run(program: PathBuf, args: &[&str], folder: &Path) -> Outcome {
    run_with(program, args, folder, &[])
}

fn run_with(program: PathBuf, args: &[&str], folder: &Path, variables: &[(&str, &str)]) -> Outcome {
    let line = format!("{} {}", program.display(), args.join(" "));
    eprintln!("$ {line}");
    let mut command = Command::new(&program);
    command.args(args).current_dir(folder).envs(variables.iter().copied());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{line}: {status}")),
        Err(error) => Err(format!("{line}: {error}")),
    }
}

/// A program that the workspace has built, beside this one.
fn program(name: &str) -> PathBuf {
    target_dir().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Whether `program` is here and ends well, without a word.
fn succeeds(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    let status = command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// An example that the workspace has built.
fn example(name: &str) -> PathBuf {
    program(&format!("examples/{name}"))
}

fn target_dir() -> PathBuf {
    // target/debug/xtask
    let here = std::env::current_exe().unwrap_or_default();
    here.ancestors().nth(2).unwrap_or(Path::new("target")).to_owned()
}
