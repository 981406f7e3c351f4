//! Readers that go away, and disks that are full behind a pipe.

use std::path::Path;
use std::process::Stdio;

use crate::program::{command, gan_ok, stderr, tiny_data};

const RUN: &str = "runs/00000-tutorial-tiny";

fn tiny_run(folder: &Path) {
    tiny_data(folder);
    gan_ok(folder, &["--data", "tiny", "--steps", "10", "--batch-size", "20"]);
}

/// A pipe that nobody reads.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// Command lines that print results, in a folder with a run.
const PRINTING: [&[&str]; 10] = [
    &["info", RUN],
    &["sample", "--seeds", "0-3"],
    &["data", "synth", "ring", "--samples", "10", "--out"],
    &["train", "--dry-run"],
    &["train", "--help"],
    &["completions", "bash"],
    &["report", "--csv"],
    &["report", "--json"],
    &["evaluate", "--samples", "20", "--extractor", "pixels"],
    &["compare", RUN, RUN, "--samples", "20", "--extractor", "pixels"],
];

fn printing(index: usize, out: &str) -> Vec<String> {
    let mut args: Vec<String> = PRINTING[index].iter().map(|&arg| arg.to_owned()).collect();
    if args.last().is_some_and(|last| last == "--out") {
        args.push(out.to_owned());
    }
    args
}

#[test]
fn a_reader_who_goes_away_ends_a_command_quietly() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path());
    for index in 0..PRINTING.len() {
        let args = printing(index, "a.npz");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = command(folder.path(), &args)
            .stdout(closed_pipe())
            .env("XDG_CACHE_HOME", folder.path())
            .output()
            .unwrap();
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "gan {args:?}: {told}");
        assert!(!told.contains("panicked") && !told.contains("error"), "gan {args:?}: {told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_stdout_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path());
    for index in 0..PRINTING.len() {
        let args = printing(index, "b.npz");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(folder.path(), &args)
            .stdout(full)
            .env("XDG_CACHE_HOME", folder.path())
            .output()
            .unwrap();
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "gan {args:?}: {told}");
        assert!(!told.contains("panicked") && told.contains("standard output"), "{args:?}: {told}");
    }
}

#[test]
fn a_training_whose_reader_goes_away_goes_on_and_its_log_has_everything() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let args = ["--data", "tiny", "--batch-size", "20", "--steps", "40", "--report-every", "10"];
    let output =
        command(folder.path(), &args).stdout(closed_pipe()).stderr(closed_pipe()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let run = folder.path().join(RUN);
    let log = std::fs::read_to_string(run.join("log.txt")).unwrap();
    for step in [10, 20, 30, 40] {
        assert!(log.contains(&format!("step {step:>6}")), "{log}");
    }
    assert!(log.contains("done: 40 steps"), "{log}");
    for name in ["snapshot-000040.safetensors", "checkpoint.safetensors", "samples.gif"] {
        assert!(run.join(name).is_file(), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_without_a_reader_saves_and_ends_with_its_usual_code() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let args = ["--data", "tiny", "--batch-size", "20", "--steps", "10000000"];
    let mut child = command(folder.path(), &args).stderr(closed_pipe()).spawn().unwrap();
    let stats = folder.path().join(RUN).join("stats.jsonl");
    while !stats.metadata().is_ok_and(|file| file.len() > 0) {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its first report");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let id = child.id().to_string();
    std::process::Command::new("kill").args(["-s", "INT", &id]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let log = std::fs::read_to_string(folder.path().join(RUN).join("log.txt")).unwrap();
    assert!(log.contains("gan train --resume"), "{log}");
}
