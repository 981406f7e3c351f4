//! Running `gan`, and small things to run it on.
//!
//! [`gan`] runs it within the test's process, one test at a time, since it works in a folder that is
//! the process's. [`command`] is for what takes a process: signals, pipes, environments.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, Once, PoisonError};

/// What a command line did.
#[derive(Debug)]
pub struct Output {
    /// The exit code.
    pub code: u8,
    /// The results.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

/// Runs `gan` with `args` in `folder`.
pub fn gan(folder: &Path, args: &[&str]) -> Output {
    static FOLDER: Mutex<()> = Mutex::new(());
    static THREADS: Once = Once::new();
    // The program makes the thread that calls it one of the pool, but tests' threads come and go.
    THREADS.call_once(|| rayon::ThreadPoolBuilder::new().num_threads(2).build_global().unwrap());
    let _turn = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    std::env::set_current_dir(folder).unwrap();
    let args = std::iter::once("gan").chain(with_preset(args)).map(Into::into);
    let (code, printed) = gan_cli::captured(|| gan_cli::run(args));
    Output { code, stdout: printed.stdout, stderr: printed.stderr }
}

/// `args`, and the tutorial's preset where they train on what [`tiny_data`] makes and do not say how:
/// it is quick.
fn with_preset<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let is_tiny = args.windows(2).any(|two| two == ["--data", "tiny"]);
    let says_otherwise = ["--preset", "--config", "--resume", "sweep", "train-extractor"];
    let is_open = is_tiny && !args.iter().any(|arg| says_otherwise.contains(arg));
    let preset: &[&str] = if is_open { &["--preset", "tutorial"] } else { &[] };
    [args, preset].concat()
}

/// `gan` with `args` in `folder` as a process, not started yet.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gan"));
    command.args(with_preset(args)).current_dir(folder).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs `gan` with `args` in `folder` as a process.
pub fn process(folder: &Path, args: &[&str]) -> Output {
    let output = command(folder, args).output().expect("gan starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("gan writes UTF-8");
    let code = output.status.code().and_then(|code| u8::try_from(code).ok());
    let code = code.unwrap_or_else(|| panic!("gan {args:?} ended with {}", output.status));
    Output { code, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Runs `gan` and expects success.
pub fn gan_ok(folder: &Path, args: &[&str]) -> Output {
    let output = gan(folder, args);
    assert_eq!(output.code, 0, "gan {args:?} failed: {}", output.stderr);
    output
}

/// Runs `gan`, expects exit code `code`, and gives what it told the person.
pub fn gan_fails(folder: &Path, args: &[&str], code: u8) -> String {
    let output = gan(folder, args);
    assert_eq!(output.code, code, "gan {args:?}: {}", output.stderr);
    output.stderr
}

/// What a process told the person.
pub fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
/// A folder of 200 images of 4 × 4 as an IDX file: quick to open and to train on.
pub fn tiny_data(folder: &Path) -> PathBuf {
    let data = folder.join("tiny");
    std::fs::create_dir_all(&data).unwrap();
    let mut bytes = vec![0, 0, 8, 3, 0, 0, 0, 200, 0, 0, 0, 4, 0, 0, 0, 4];
    bytes.extend((0..200 * 16u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8));
    std::fs::write(data.join("train-images-idx3-ubyte"), bytes).unwrap();
    data
}

/// Gives the images of [`tiny_data`] labels: 0 to 3 in turn.
pub fn tiny_labels(data: &Path) {
    let mut bytes = vec![0, 0, 8, 1, 0, 0, 0, 200];
    bytes.extend((0..200).map(|i| (i % 4) as u8));
    std::fs::write(data.join("train-labels-idx1-ubyte"), bytes).unwrap();
}

/// The only run folder below `outdir`.
pub fn only_run(outdir: &Path) -> PathBuf {
    let runs: Vec<PathBuf> =
        std::fs::read_dir(outdir).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    runs.into_iter().next().unwrap()
}
