//! Tables of a page, and the numbers for other programs.

use gan_metrics::Measurement;
use gan_report::{Pictures, csv, json, page};
use gan_run::MetricLine;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::{config, short_run};

#[test]
fn what_differs_from_the_preset_stands_beside_the_presets_value() {
    let runs = tempdir().unwrap();
    let mut config = config();
    config.training.batch_size = 64;
    let run = short_run(runs.path(), &config);
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    assert!(page.contains("<code>batch_size</code></th><td>64</td><td>100</td>"));
    assert!(page.contains("1 value of"));
}

#[test]
fn commands_can_be_pasted_even_where_folders_have_spaces_and_quotes() {
    let runs = tempdir().unwrap();
    let folder = runs.path().join("it's here");
    let run = short_run(&folder, &config());
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    let (_, rest) = page.split_once("gan sample ").unwrap();
    let (line, _) = rest.split_once("</code>").unwrap();
    // As askama writes them.
    let line = line.replace("&#39;", "'").replace("&#34;", "\"").replace("&quot;", "\"");
    let shell = std::process::Command::new("sh")
        .args(["-c", &format!("printf '%s\\n' {line}")])
        .output()
        .unwrap();
    let words = String::from_utf8(shell.stdout).unwrap();
    let path = run.path().canonicalize().unwrap();
    assert_eq!(words, format!("{}\n--seeds\n0-63\n", path.display()));
}

#[test]
fn the_latest_measurement_of_a_metric_is_shown_with_its_interval_and_its_meaning() {
    let runs = tempdir().unwrap();
    let run = short_run(runs.path(), &config());
    let measured = |metric: &str, value: f64| -> MetricLine {
        let measurement: Measurement = serde_json::from_value(json!({
            "name": format!("{metric}_mnistcnn_2k"),
            "metric": metric,
            "extractor": { "name": "mnistcnn", "hash": "" },
            "samples": 2000,
            "reference_samples": 2000,
            "value": value,
            "interval": { "low": value - 1.5, "high": value + 1.5 },
            "baseline": { "value": 1.25, "interval": null },
            "splits": 20,
            "seed": 0,
        }))
        .unwrap();
        MetricLine {
            measurement,
            snapshot: "snapshot-000020.safetensors".to_owned(),
            snapshot_sha256: String::new(),
            step: 20,
            data: "mnist".to_owned(),
            data_checksum: "00c0ffee".to_owned(),
            version: "0.1.0".to_owned(),
        }
    };
    let lines = [measured("fd", 99.0), measured("class_share_3", 0.25), measured("fd", 78.5)];
    run.dir().append_metrics(&lines).unwrap();
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    assert!(page.contains("<td>78.50 ± 1.500</td><td>1.250</td><td>20</td>"));
    assert!(!page.contains("99.00") && page.contains("lower is better"));
    assert!(!page.contains("class_share_3"));
    assert!(page.contains("<caption") && page.contains("<td>25.0</td>"));
}

#[test]
fn csv_has_a_row_for_every_number_of_every_run() {
    let runs = tempdir().unwrap();
    let both = [short_run(runs.path(), &config()), short_run(runs.path(), &config())];
    let text = csv(&both.each_ref().map(|run| run.dir().clone())).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "run,step,name,value");
    assert!(lines.contains(&"00000-tutorial-mnist,10,loss/d,1.25"), "{text}");
    assert!(lines.contains(&"00001-tutorial-mnist,20,interval/fd_mnistcnn_2k/high,79.5"), "{text}");
    // Two reports of ten numbers and an evaluation of six in each run.
    assert_eq!(lines.len(), 1 + 2 * (2 * 10 + 6));
}

#[test]
fn json_has_configuration_statistics_and_metrics_of_every_run() {
    let runs = tempdir().unwrap();
    let run = short_run(runs.path(), &config());
    let value: Value = serde_json::from_str(&json(&[run.dir().clone()]).unwrap()).unwrap();
    let run = &value["runs"][0];
    assert_eq!(run["run"], "00000-tutorial-mnist");
    assert_eq!(run["config"]["training"]["steps"], 60_000);
    assert_eq!(run["stats"][2]["metric/fd_mnistcnn_2k"], 78.5);
    assert_eq!(run["metrics"], json!([]));
}
