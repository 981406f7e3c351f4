//! Running `gan`, and small things to run it on.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Runs `gan` with `args` in `folder`.
pub fn gan(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().expect("gan starts")
}

/// `gan` with `args` in `folder`, not started yet.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gan"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs `gan` and expects success.
pub fn gan_ok(folder: &Path, args: &[&str]) -> Output {
    let output = gan(folder, args);
    assert!(output.status.success(), "gan {args:?} failed: {}", stderr(&output));
    output
}

/// Runs `gan`, expects exit code `code` and no panic, and gives what it told the person.
pub fn gan_fails(folder: &Path, args: &[&str], code: i32) -> String {
    let output = gan(folder, args);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "gan {args:?}: {told}");
    assert!(!told.contains("panicked"), "gan {args:?}: {told}");
    told
}

pub fn stderr(output: &Output) -> String {
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
