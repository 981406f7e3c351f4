//! `gan report`.

use std::path::Path;

use crate::program::{gan_fails, gan_ok, tiny_data};

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
