//! `gan report`.

use std::path::Path;

use crate::program::{command, gan_fails, gan_ok, process, tiny_data};

fn two_runs(folder: &Path) {
    tiny_data(folder);
    for seed in ["0", "1"] {
        let flags = ["--data", "tiny", "--steps", "4", "--report-every", "2", "--batch-size", "20"];
        gan_ok(folder, &[&flags[..], &["--seed", seed]].concat());
    }
}

#[test]
fn the_latest_run_and_several_side_by_side_become_a_page() {
    let folder = tempfile::tempdir().unwrap();
    two_runs(folder.path());
    let output = gan_ok(folder.path(), &["report"]);
    assert_eq!(output.stdout.trim(), "runs/00001-tutorial-tiny/report.html");
    let both = ["runs/00000-tutorial-tiny", "runs/00001-tutorial-tiny"];
    gan_ok(folder.path(), &["report", both[0], both[1], "--out", "both.html"]);
    let page = std::fs::read_to_string(folder.path().join("both.html")).unwrap();
    assert!(page.contains("What differs") && page.contains("<code>seed</code>"));
    // Finished, although the page of a run is written while the run still holds its lock.
    let own = folder.path().join(both[0]).join("report.html");
    assert!(std::fs::read_to_string(own).unwrap().contains("chip finished"));
}

#[test]
fn a_page_says_which_runs_it_shows_and_which_snapshots_they_had() {
    let folder = tempfile::tempdir().unwrap();
    two_runs(folder.path());
    let runs = ["runs/00000-tutorial-tiny", "runs/00001-tutorial-tiny"];
    gan_ok(folder.path(), &["report", runs[0], runs[1], "--out", "both.html"]);
    let hash = |run: &str| {
        let snapshot = folder.path().join(run).join("snapshot-000004.safetensors");
        gan_weights::sha256(&std::fs::read(snapshot).unwrap())
    };
    let one = gan_ok(folder.path(), &["info", &format!("{}/report.html", runs[0])]).stdout;
    assert!(one.contains("gan-run-seed       0") && one.contains(&hash(runs[0])), "{one}");
    assert!(one.contains(concat!("written by         gan ", env!("CARGO_PKG_VERSION"))), "{one}");
    let both = gan_ok(folder.path(), &["info", "both.html"]).stdout;
    assert!(runs.iter().all(|run| both.contains(&hash(run))), "{both}");
    std::fs::write(folder.path().join("other.html"), "<html><head></head></html>").unwrap();
    assert!(gan_fails(folder.path(), &["info", "other.html"], 1).contains("another program"));
}

#[test]
fn the_numbers_of_a_run_are_printed_as_csv_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    two_runs(folder.path());
    let csv = gan_ok(folder.path(), &["report", "--csv"]).stdout;
    assert!(csv.starts_with("run,step,name,value\n"), "{csv}");
    let losses = csv.lines().filter(|line| line.contains(",loss/d,")).count();
    assert_eq!(losses, 2, "{csv}");
    let json = gan_ok(folder.path(), &["report", "--json"]).stdout;
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["runs"][0]["config"]["training"]["seed"], 1);
}

#[test]
fn a_folder_that_is_no_run_is_refused_with_what_one_looks_like() {
    let folder = tempfile::tempdir().unwrap();
    let told = gan_fails(folder.path(), &["report", "."], 1);
    assert!(told.contains("no run here") && told.contains("config.json"), "{told}");
    let told = gan_fails(folder.path(), &["watch", "."], 1);
    assert!(told.contains("no run here"), "{told}");
}

#[test]
fn a_comparison_ends_in_a_page_with_the_metrics_and_the_runs_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    two_runs(folder.path());
    let runs = ["runs/00000-tutorial-tiny", "runs/00001-tutorial-tiny"];
    let flags = ["--extractor", "pixels", "--samples", "50"];
    let output = gan_ok(folder.path(), &[&["compare"], &runs[..], &flags[..]].concat());
    assert!(output.stderr.contains("comparison.html"), "{}", output.stderr);
    let page = std::fs::read_to_string(folder.path().join("comparison.html")).unwrap();
    assert!(page.contains("Metrics side by side") && page.contains("fd_pixels_50"));
    assert!(page.contains("What differs") && !page.contains("Not measured yet"));
    assert!(page.contains("<code>gan sweep</code>") && !page.contains("`gan sweep`"));
    // Sets of images are no runs: the table is the page.
    let images = ["compare", "tiny", "tiny", "--real", "tiny", "--samples", "50"];
    let more = ["--extractor", "pixels", "--out", "images.html"];
    gan_ok(folder.path(), &[&images[..], &more[..]].concat());
    let page = std::fs::read_to_string(folder.path().join("images.html")).unwrap();
    assert!(page.contains("Metrics side by side") && !page.contains("Samples over training"));
}

#[test]
fn the_page_of_a_run_is_there_while_it_trains_and_its_event_file_for_tensorboard() {
    use std::io::{BufRead, BufReader, Read, Write};
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let train = ["--data", "tiny", "--steps", "1000000", "--batch-size", "20", "--threads", "1"];
    let page = ["--tensorboard", "--watch", "--listen", "127.0.0.1:0"];
    let mut training = command(folder.path(), &[&train[..], &page[..]].concat()).spawn().unwrap();
    let mut lines = BufReader::new(training.stderr.take().unwrap()).lines().map(Result::unwrap);
    let said = lines.find(|line| line.starts_with("watching at")).unwrap();
    let address = said.split_whitespace().nth(2).unwrap().strip_prefix("http://").unwrap();
    let (host, path) = address.split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    training.kill().unwrap();
    training.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("chip training"), "{answer}");
    let run = folder.path().join("runs/00000-tutorial-tiny");
    let names = std::fs::read_dir(run).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().any(|name| name.to_string_lossy().contains("tfevents")));
}

#[test]
fn the_whole_terminal_is_refused_where_there_is_none_before_a_folder_is_made() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let output = process(folder.path(), &["--data", "tiny", "--tui"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("needs a terminal"), "{}", output.stderr);
    assert!(!folder.path().join("runs").exists());
}
