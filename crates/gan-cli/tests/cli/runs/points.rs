//! Synthetic data: points of the plane from beginning to end, and Stacked MNIST.

use std::path::Path;

use serde_json::Value;

use crate::program::{gan_fails, gan_ok, process, tiny_data};

// The preset's own schedule would end with the first part already.
const SHORT: [&str; 10] = [
    "train",
    "--data",
    "ring.npz",
    "--samples-every",
    "10",
    "--batch-size",
    "50",
    "--learning-rate",
    "2e-3",
    "--steps",
];

fn make(folder: &Path, kind: &str, samples: &str) {
    let out = format!("{kind}.npz");
    gan_ok(folder, &["data", "synth", kind, "--out", &out, "--samples", samples]);
}

fn evaluate(folder: &Path, args: &[&str]) -> Vec<Value> {
    let output = process(folder, &[&["evaluate", "--json"], args].concat());
    assert_eq!(output.code, 0, "{}", output.stderr);
    let text = output.stdout;
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn value(numbers: &[Value], metric: &str) -> f64 {
    let number = numbers.iter().find(|number| number["metric"] == metric).unwrap();
    number["value"].as_f64().unwrap()
}

#[test]
fn made_points_have_the_modes_that_they_promise() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, modes) in [("ring", 8.0), ("grid", 25.0)] {
        make(folder.path(), kind, "4000");
        let file = format!("{kind}.npz");
        let numbers =
            evaluate(folder.path(), &["--real", &file, "--fake", &file, "--samples", "4000"]);
        assert_eq!(numbers[0]["name"], "modes_points_4k");
        assert_eq!(value(&numbers, "modes"), modes);
        // 1 − exp(−9/2) of a round Gaussian lie within three deviations.
        assert!((value(&numbers, "high_quality") - 0.98889).abs() < 0.006, "{numbers:?}");
        assert!(value(&numbers, "reverse_kl") < 0.01, "{numbers:?}");
    }
}

#[test]
fn the_seed_decides_made_data_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let made = |out: &str, seed: &str| {
        let args = ["data", "synth", "ring", "--samples", "100", "--out", out, "--seed", seed];
        gan_ok(folder.path(), &args);
        std::fs::read(folder.path().join(out)).unwrap()
    };
    let first = made("a.npz", "0");
    assert_eq!(first, made("b.npz", "0"));
    assert_ne!(first, made("c.npz", "1"));
    let told = gan_fails(folder.path(), &["data", "synth", "grid", "--out", "a.npz"], 1);
    assert!(told.contains("a.npz") && told.contains("--out"), "{told}");
    assert_eq!(first, std::fs::read(folder.path().join("a.npz")).unwrap());
    gan_fails(folder.path(), &["data", "synth", "ring", "--out", "a.txt"], 2);
    gan_fails(folder.path(), &["data", "synth", "ring", "--out", "d.npz", "--samples", "0"], 2);
}

#[test]
fn points_train_are_pictured_resumed_to_the_bit_and_scored() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "ring", "1000");
    gan_ok(folder.path(), &[&SHORT[..], &["20"]].concat());
    let whole = folder.path().join("runs/00000-points-ring");
    gan_ok(folder.path(), &[&SHORT[..], &["12", "--outdir", "parts"]].concat());
    gan_ok(folder.path(), &["train", "--resume", "--outdir", "parts", "--steps", "20"]);
    let parts = folder.path().join("parts/00000-points-ring");
    for name in ["snapshot-000020.safetensors", "checkpoint.safetensors", "fakes-000020.png"] {
        let read = |run: &Path| std::fs::read(run.join(name)).unwrap();
        assert!(read(&whole) == read(&parts), "{name}");
    }
    for name in ["reals.png", "fakes-000000.png", "samples.gif"] {
        assert!(whole.join(name).is_file(), "{name}");
    }

    let numbers = evaluate(folder.path(), &["--samples", "500"]);
    let names: Vec<&str> = numbers.iter().map(|n| n["name"].as_str().unwrap()).collect();
    let modes = ["modes_points_500", "high_quality_points_500", "reverse_kl_points_500"];
    assert_eq!(names[..3], modes);
    assert!(names.contains(&"fd_points_500"), "{names:?}");
    assert_eq!(numbers[0]["baseline"]["value"], 8.0);
    assert!(whole.join("metrics.jsonl").is_file());

    gan_ok(folder.path(), &["sample", "--seeds", "0-99", "--out", "points.png"]);
    gan_ok(folder.path(), &["sample", "--seeds", "0-99", "--out", "points.npy"]);
    let kept = ["--fake", "points.npy", "--real", "ring.npz", "--samples", "100"];
    assert_eq!(evaluate(folder.path(), &kept)[0]["metric"], "modes");
    let told = gan_fails(folder.path(), &["sample", "--out", "walk.gif"], 2);
    assert!(told.contains("points"), "{told}");
}

#[test]
fn presets_for_images_and_for_points_are_not_mixed_up() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "ring", "100");
    tiny_data(folder.path());
    let told =
        gan_fails(folder.path(), &["train", "--data", "ring.npz", "--preset", "tutorial"], 2);
    assert!(told.contains("--preset points"), "{told}");
    let told = gan_fails(folder.path(), &["train", "--data", "tiny", "--preset", "points"], 2);
    assert!(told.contains("points of the plane"), "{told}");
    let sigmoid = ["train", "--data", "ring.npz", "--output", "sigmoid"];
    assert!(gan_fails(folder.path(), &sigmoid, 2).contains("--output"));
}

#[test]
fn stacked_digits_are_counted_by_the_classifier() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "stacked-mnist", "120");
    let file = "stacked-mnist.npz";
    let numbers = evaluate(folder.path(), &["--real", file, "--fake", file, "--samples", "120"]);
    assert_eq!(numbers[0]["metric"], "modes");
    // 120 draws of 1,000 modes meet about 113 of them.
    assert!((100.0..=120.0).contains(&value(&numbers, "modes")), "{numbers:?}");
}
