//! `cargo xtask`: what the repository does with itself.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};

mod bench;
mod presets;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "What the repository does with itself")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Every check and test; what CI runs
    Ci,
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
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<String>,
    },
    /// Write the tables of docs/presets.md anew
    Presets,
    /// Train the digit classifier that gan-metrics ships (flags: cargo xtask train-extractor --
    /// --help); its new hash belongs into crates/gan-metrics/src/mnistcnn.rs
    TrainExtractor {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Ci => ci(),
        Task::Bench { compare: Some(old), flags, .. } => bench::compare(&old, &flags),
        Task::Bench { peers: true, flags, .. } => bench::peers(&flags),
        Task::Bench { programs: true, flags, .. } => bench::programs(&flags),
        Task::Bench { metrics: true, flags, .. } => bench::metrics(&flags),
        Task::Bench { flags, .. } => bench::alone(&flags),
        Task::Presets => presets::write(),
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

fn ci() -> Outcome {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["build", "--workspace", "--locked"])?;
    cargo(&["test", "--workspace", "--locked"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    // What the default build leaves out still compiles. Not cuda: its build downloads a compiler.
    cargo(&["check", "-p", "gan-cli", "--features", "vulkan", "--locked"])?;
    cargo(&["check", "-p", "gan-cli", "--no-default-features", "--locked"])?;
    presets::check()?;
    browser()?;
    programs()?;
    println!("xtask ci: all checks passed");
    Ok(())
}

/// What is to come home to the browser builds for it, with the backend that trains there.
fn browser() -> Outcome {
    let target = ["--target", "wasm32-unknown-unknown", "--features", "burn/flex", "--locked"];
    let check = |args: &[&str]| cargo(&[&["check"], target.as_slice(), args].concat());
    check(&["-p", "gan-model"])?;
    check(&["-p", "gan-training", "--no-default-features"])
}

/// The programs as people run them: both examples, the backends, and short trainings, one of them
/// on the GPU that is here (in CI Mesa's software Vulkan).
fn programs() -> Outcome {
    let scratch = target_dir().join("xtask-ci");
    let _ = std::fs::remove_dir_all(&scratch);
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    run(program("own-generator"), &[], &scratch)?;
    run(program("gan"), &["--steps", "300", "--report-every", "100"], &scratch)?;
    run(program("gan"), &["sample", "--seeds", "0-15"], &scratch)?;
    run(program("gan"), &["info", "samples.png"], &scratch)?;
    let snapshot = "runs/00000-tutorial-mnist/snapshot-000300.safetensors";
    run(program("sample-from-snapshot"), &[snapshot], &scratch)?;
    run(program("gan"), &["backends"], &scratch)?;
    run(
        program("gan"),
        &["--backend", "wgpu", "--steps", "10", "--report-every", "5", "--outdir", "gpu-runs"],
        &scratch,
    )
}

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
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(cargo.into(), args, Path::new("."))
}

fn run(program: PathBuf, args: &[&str], folder: &Path) -> Outcome {
    let line = format!("{} {}", program.display(), args.join(" "));
    eprintln!("▸ {line}");
    match Command::new(&program).args(args).current_dir(folder).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{line}: {status}")),
        Err(error) => Err(format!("{line}: {error}")),
    }
}

/// A program that the workspace has built, beside this one.
fn program(name: &str) -> PathBuf {
    target_dir().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn target_dir() -> PathBuf {
    // target/debug/xtask
    let here = std::env::current_exe().unwrap_or_default();
    here.ancestors().nth(2).unwrap_or(Path::new("target")).to_owned()
}
