//! `gan doctor`: from a run's folder alone.

use gan_data::Rule;
use gan_run::{DataConfig, RunConfig, RunWriter};
use gan_training::{Event, Preset, SampleStats};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::program::{gan, tiny_data};

/// A folder with a run whose fixed samples were this far apart at two grids.
fn run_with_spread(spread: f64) -> TempDir {
    let folder = tempdir().unwrap();
    let config = RunConfig {
        version: "0.1.0".to_owned(),
        backend: "flex".to_owned(),
        data: DataConfig {
            name: "mnist".to_owned(),
            path: None,
            images: 70_000,
            checksum: "00c0ffee".to_owned(),
            rule: Rule::default(),
            classes: None,
        },
        training: Preset::Tutorial.config([1, 28, 28]),
        evaluation: None,
    };
    let run = RunWriter::create(&folder.path().join("runs"), &config).unwrap();
    for step in [30_000, 40_000] {
        let stats = SampleStats { step, spread, spread_high: spread + 0.02, moved: None };
        run.append_event(&Event::SampleStats(stats)).unwrap();
    }
    folder
}

#[test]
fn a_healthy_run_ends_with_0_and_trouble_with_4_and_a_command_to_try() {
    let healthy = gan(run_with_spread(0.9).path(), &["doctor"]);
    assert_eq!(healthy.code, 0, "{healthy:?}");
    assert!(healthy.stdout.contains("healthy"), "{healthy:?}");

    let ill = gan(run_with_spread(0.1).path(), &["doctor"]);
    assert_eq!(ill.code, 4, "{ill:?}");
    assert!(ill.stdout.contains("mode-collapse since step 40000"), "{ill:?}");
    assert!(ill.stdout.contains("gan train --config"), "{ill:?}");
    assert!(ill.stdout.contains("--loss relativistic-pairing"), "{ill:?}");
}

#[test]
fn json_has_the_trouble_and_the_command() {
    let output = gan(run_with_spread(0.1).path(), &["doctor", "--json"]);
    assert_eq!(output.code, 4);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(value["healthy"], false);
    assert_eq!(value["troubles"][0]["trouble"], "mode-collapse");
    assert!(value["commands"][0].as_str().unwrap().starts_with("gan train"), "{value}");
}

#[test]
fn every_cure_of_the_table_is_a_command_line_that_this_program_takes() {
    let folder = tempdir().unwrap();
    for info in gan_training::guard::TROUBLES {
        for cure in info.cures {
            let mut args = vec!["train", "--dry-run"];
            args.extend(cure.flags.split(' '));
            // What is kept of evaluations needs evaluations.
            if cure.flags.contains("--keep-best") {
                args.extend(["--evaluate-every", "1000"]);
            }
            let output = gan(folder.path(), &args);
            assert_eq!(output.code, 0, "{}: {output:?}", cure.flags);
        }
    }
}

#[test]
fn the_treatment_says_whether_the_evidence_went_away() {
    let folder = tempdir().unwrap();
    tiny_data(folder.path());
    let train = ["--data", "tiny", "--batch-size", "20", "--report-every", "5"];
    let textbook = ["--loss", "textbook", "--learning-rate", "50", "--steps", "60"];
    let broken = gan(folder.path(), &[&["train"], &train[..], &textbook[..]].concat());
    assert_eq!(broken.code, 3, "{broken:?}");
    let treated = gan(folder.path(), &["doctor", "--treat"]);
    assert_eq!(treated.code, 0, "{treated:?}");
    assert!(treated.stdout.contains("--loss non-saturating"), "{treated:?}");
    assert!(treated.stdout.contains("non-finite is gone"), "{treated:?}");

    // A generator that learns nothing is not cured by another loss.
    let still = ["--learning-rate-g", "1e-12", "--steps", "1100", "--samples-every", "40"];
    let other = ["--preset", "mlp", "--loss", "hinge", "--outdir", "others"];
    let alike = gan(folder.path(), &[&["train"], &train[..], &still[..], &other[..]].concat());
    assert_eq!(alike.code, 0, "{alike:?}");
    let treated = gan(folder.path(), &["doctor", "--outdir", "others", "--treat"]);
    assert_eq!(treated.code, 4, "{treated:?}");
    assert!(treated.stderr.contains("mode-collapse is still there at step 1040"), "{treated:?}");
}

/// Adds to the latest run what `gan evaluate` would have kept of its snapshot of `step`.
fn measured(folder: &TempDir, step: u64, recall: f64) {
    let run = gan_run::RunDir::latest(&folder.path().join("runs")).unwrap();
    let snapshot = format!("snapshot-{step:06}.safetensors");
    std::fs::write(run.file(&snapshot), "its weights are not looked at").unwrap();
    let line = |metric: &str, value: f64, baseline: f64| {
        let interval = serde_json::json!({ "low": value - 0.02, "high": value + 0.02 });
        serde_json::from_value(serde_json::json!({
            "name": format!("{metric}_mnistcnn_2k"), "metric": metric,
            "extractor": { "name": "mnistcnn", "hash": "0" },
            "samples": 2000, "reference_samples": 2000,
            "value": value, "interval": interval,
            "baseline": { "value": baseline, "interval": null },
            "splits": 8, "seed": 0,
            "snapshot": snapshot, "snapshot_sha256": step.to_string(), "step": step,
            "data": "mnist", "data_checksum": "00c0ffee", "version": "0.1.0",
        }))
        .unwrap()
    };
    let lines = [line("precision", 0.85, 0.88), line("recall", recall, 0.88), line("fd", 9.0, 0.9)];
    run.append_metrics(&lines).unwrap();
}

#[test]
fn what_was_measured_is_evidence_too_but_only_of_what_the_run_has_become() {
    let folder = run_with_spread(0.9);
    measured(&folder, 40_000, 0.1);
    let ill = gan(folder.path(), &["doctor"]);
    assert_eq!(ill.code, 4, "{ill:?}");
    let evidence = "recall 0.10 where real images have 0.88, of 2000 samples of step 40000";
    assert!(ill.stdout.contains("mode-collapse") && ill.stdout.contains(evidence), "{ill:?}");

    // A later measurement of the same snapshot takes its place.
    measured(&folder, 40_000, 0.85);
    let healthy = gan(folder.path(), &["doctor"]);
    assert_eq!(healthy.code, 0, "{healthy:?}");
    assert!(healthy.stdout.contains("measured at step 40000"), "{healthy:?}");
    assert!(healthy.stdout.contains("fd 10.0 times the baseline"), "{healthy:?}");

    // Of an older snapshot it says nothing of the newest.
    measured(&folder, 30_000, 0.1);
    let older = gan(folder.path(), &["doctor", "--json"]);
    assert_eq!(older.code, 0, "{older:?}");
    let value: Value = serde_json::from_str(&older.stdout).unwrap();
    assert_eq!(value["measured"]["step"], 40_000);
}

#[test]
fn what_was_seen_and_what_was_measured_are_one_trouble() {
    let folder = run_with_spread(0.1);
    measured(&folder, 40_000, 0.1);
    let ill = gan(folder.path(), &["doctor", "--json"]);
    let value: Value = serde_json::from_str(&ill.stdout).unwrap();
    let troubles = value["troubles"].as_array().unwrap();
    assert_eq!(troubles.len(), 1, "{value}");
    let evidence = troubles[0]["evidence"].as_str().unwrap();
    assert!(evidence.contains("; recall 0.10 where real images have 0.88"), "{evidence}");
}

#[test]
fn a_run_that_ends_in_nan_says_once_what_was_not_finite() {
    let folder = tempdir().unwrap();
    tiny_data(folder.path());
    let train = ["train", "--data", "tiny", "--batch-size", "20", "--report-every", "5"];
    let textbook = ["--loss", "textbook", "--learning-rate", "50", "--steps", "60"];
    let broken = gan(folder.path(), &[&train[..], &textbook[..]].concat());
    assert_eq!(broken.code, 3, "{broken:?}");
    assert_eq!(broken.stderr.matches("; before it\n").count(), 1, "{}", broken.stderr);
    assert_eq!(broken.stderr.matches("non-finite since step").count(), 1, "{}", broken.stderr);
}
