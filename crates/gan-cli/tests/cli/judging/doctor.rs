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
