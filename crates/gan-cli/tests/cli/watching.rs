//! A number that is measured while a run trains.

use std::path::Path;

use serde_json::Value;

use crate::program::{gan_fails, gan_ok, only_run, tiny_data};

const TRAIN: &[&str] = &[
    "--data",
    "tiny",
    "--batch-size",
    "20",
    "--steps",
    "12",
    "--snapshot-every",
    "4",
    "--report-every",
    "6",
];

/// Steps and values of the metric in a run's `stats.jsonl`.
fn curve(run: &Path) -> Vec<(u64, f64)> {
    let text = std::fs::read_to_string(run.join("stats.jsonl")).unwrap();
    let point = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        Some((line["progress/step"].as_u64()?, line["metric/fd_pixels_60"].as_f64()?))
    };
    text.lines().filter_map(point).collect()
}

fn bytes(run: &Path, name: &str) -> Vec<u8> {
    std::fs::read(run.join(name)).unwrap()
}

#[test]
fn a_run_draws_the_curve_of_its_metric_and_keeps_its_best_snapshot_without_changing_a_bit() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let run = |outdir: &str, flags: &[&str]| {
        gan_ok(folder.path(), &[TRAIN, &["--outdir", outdir], flags].concat());
        only_run(&folder.path().join(outdir))
    };
    let plain = run("plain", &[]);
    let watching = ["--evaluate-every", "4", "--metric", "fd_pixels_60", "--keep-best"];
    let watched = run("watched", &watching);

    let curve_of_run = curve(&watched);
    assert_eq!(curve_of_run.iter().map(|&(step, _)| step).collect::<Vec<_>>(), [4, 8, 12]);
    let (best, _) = curve_of_run.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let best_name = format!("snapshot-{best:06}.safetensors");
    assert_eq!(bytes(&watched, "best.safetensors"), bytes(&watched, &best_name));
    let last = "snapshot-000012.safetensors";
    assert_eq!(bytes(&watched, last), bytes(&plain, last));
    assert!(!plain.join("best.safetensors").exists());

    // The number is that of `gan evaluate`.
    let output = gan_ok(
        folder.path(),
        &["evaluate", watched.to_str().unwrap(), "--samples", "60", "--json"],
    );
    let numbers = String::from_utf8(output.stdout).unwrap();
    let numbers = numbers.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let fd = numbers.into_iter().find(|number| number["name"] == "fd_pixels_60").unwrap();
    assert_eq!(fd["value"].as_f64().unwrap(), curve_of_run[2].1);

    // Stopped and gone on, it is the same curve and the same best.
    let stopped = ["--outdir", "stopped", "--steps", "8"];
    gan_ok(folder.path(), &[&TRAIN[..4], &TRAIN[6..], &stopped, &watching].concat());
    let stopped = only_run(&folder.path().join("stopped"));
    gan_ok(folder.path(), &["train", "--resume", stopped.to_str().unwrap(), "--steps", "12"]);
    assert_eq!(curve(&stopped), curve_of_run);
    assert_eq!(bytes(&stopped, "best.safetensors"), bytes(&watched, "best.safetensors"));
}

#[test]
fn a_metric_that_cannot_be_measured_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let refused = |flags: &[&str]| {
        let told = gan_fails(folder.path(), &[TRAIN, flags].concat(), 2);
        assert!(!folder.path().join("runs").exists(), "{flags:?}");
        told
    };
    let every = ["--evaluate-every", "4", "--metric"];
    for name in ["beauty_pixels_60", "fd_vgg_60", "fd_pixels", "fd_pixels_many", "fd", "_"] {
        let told = refused(&[&every, [name].as_slice()].concat());
        assert!(told.contains("no such metric") && told.contains("fd_mnistcnn_10k"), "{told}");
    }
    let told = refused(&[&every, ["fd_pixels_1k"].as_slice()].concat());
    assert!(told.contains("holds 200 images"), "{told}");
    assert!(refused(&["--keep-best"]).contains("--evaluate-every"));
    assert!(refused(&["--metric", "fd_pixels_60"]).contains("--evaluate-every"));
}
