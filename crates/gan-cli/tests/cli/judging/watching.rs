//! Evaluations while a run trains.

use std::path::Path;

use serde_json::Value;

use crate::program::{gan_fails, gan_ok, process, tiny_data};

const RUN: &str = "runs/00000-tutorial-tiny";
const METRIC: &str = "metric/fd_pixels_50";
const WATCHED: [&str; 12] = [
    "--data",
    "tiny",
    "--batch-size",
    "20",
    "--steps",
    "40",
    "--checkpoint-every",
    "10",
    "--evaluate-every",
    "10",
    "--metric",
    "fd_pixels_50",
];

/// Steps and values of the curve.
fn curve(folder: &Path) -> Vec<(u64, f64)> {
    let text = std::fs::read_to_string(folder.join(RUN).join("stats.jsonl")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter_map(|line| Some((line["progress/step"].as_u64().unwrap(), line[METRIC].as_f64()?)))
        .collect()
}

fn watched(folder: &Path, more: &[&str]) {
    tiny_data(folder);
    gan_ok(folder, &[&WATCHED[..], more].concat());
}

fn file(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(RUN).join(name)).unwrap()
}

#[test]
fn the_curve_is_in_the_statistics_and_the_best_snapshot_is_kept_and_measures_the_same() {
    let folder = tempfile::tempdir().unwrap();
    watched(folder.path(), &["--keep-best", "--snapshot-every", "10"]);
    let curve = curve(folder.path());
    assert_eq!(curve.iter().map(|(step, _)| *step).collect::<Vec<_>>(), [10, 20, 30, 40]);
    let (step, value) = *curve.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let best = file(folder.path(), "best.safetensors");
    assert!(best == file(folder.path(), &format!("snapshot-{step:06}.safetensors")));
    let path = format!("{RUN}/best.safetensors");
    let args = ["evaluate", &path, "--samples", "50", "--json"];
    let told = process(folder.path(), &args).stdout;
    let mut numbers = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let fd = numbers.find(|number| number["name"] == "fd_pixels_50").unwrap();
    assert_eq!(fd["value"], value);
    let log = String::from_utf8(file(folder.path(), "log.txt")).unwrap();
    assert!(log.contains("baseline") && log.contains("best so far"), "{log}");
    gan_ok(folder.path(), &["sample", &path]);
}

#[test]
fn evaluations_leave_the_run_as_it_is_to_the_bit() {
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    watched(with.path(), &["--keep-best"]);
    tiny_data(without.path());
    gan_ok(without.path(), &WATCHED[..8]);
    let snapshot = "snapshot-000040.safetensors";
    assert!(file(with.path(), snapshot) == file(without.path(), snapshot));
}

#[test]
fn a_run_that_goes_on_knows_its_best_and_ends_like_an_unbroken_one() {
    let (unbroken, broken) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    watched(unbroken.path(), &["--keep-best"]);
    tiny_data(broken.path());
    let half = WATCHED.map(|flag| if flag == "40" { "20" } else { flag });
    gan_ok(broken.path(), &[&half[..], &["--keep-best"]].concat());
    gan_ok(broken.path(), &["train", "--resume", "--steps", "40"]);
    assert_eq!(curve(unbroken.path()), curve(broken.path()));
    // The files differ: each names the configuration that its run had then.
    let drawn = |folder: &Path| {
        let best = folder.join(RUN).join("best.safetensors").display().to_string();
        gan_ok(folder, &["sample", &best, "--seeds", "0-3", "--out", "best.npy"]);
        std::fs::read(folder.join("best.npy")).unwrap()
    };
    assert!(drawn(unbroken.path()) == drawn(broken.path()));
}

#[test]
fn what_cannot_be_evaluated_is_refused_before_a_folder_is_made() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let told = |metric: &str, code: u8| {
        let args = ["--data", "tiny", "--evaluate-every", "5", "--metric", metric];
        gan_fails(folder.path(), &args, code)
    };
    assert!(told("fid_pixels_50", 2).contains("fd, diversity, kid"));
    assert!(told("fd_inception_50", 2).contains("mnistcnn, randomcnn, pixels"));
    assert!(told("fd_mnistcnn_50", 2).contains("28 × 28"));
    assert!(told("fd_pixels_201", 2).contains("fd_pixels_100"));
    assert!(told("class_score_pixels_50", 2).contains("classifier"));
    assert!(told("fd_pixels_1", 2).contains("too few"));
    let alone = gan_fails(folder.path(), &["--data", "tiny", "--keep-best"], 2);
    assert!(alone.contains("--evaluate-every"), "{alone}");
    assert!(!folder.path().join("runs").exists());
}
