//! Pages as a whole.

use gan_report::{Pictures, page};
use gan_run::{EvaluatedMetric, EvaluationLine, RunWriter, StatsLine, names};
use gan_training::{Alarm, ClassCounts, Event, SampleStats, Severity};
use serde_json::Value;
use tempfile::tempdir;

use crate::{config, report, short_run};

/// What the script of a page is given.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

#[test]
fn a_page_holds_curves_grids_and_facts_of_a_run_in_one_file() {
    let runs = tempdir().unwrap();
    let run = short_run(runs.path(), &config());
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    let data = data(&page);
    let frames = data["runs"][0]["frames"].as_array().unwrap();
    let steps: Vec<u64> = frames.iter().map(|frame| frame["step"].as_u64().unwrap()).collect();
    assert_eq!(steps, [0, 10, 20]);
    // "picture of step 20" in base 64.
    assert_eq!(frames[2]["src"], "data:image/png;base64,cGljdHVyZSBvZiBzdGVwIDIw");
    let charts = data["charts"].as_array().unwrap();
    let ids: Vec<&str> = charts.iter().map(|chart| chart["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["loss", "probability", "logit", "gradient_norm", "metric-fd_mnistcnn_2k", "speed"]
    );
    assert_eq!(charts[0]["lines"][0]["values"], serde_json::json!([1.25, 0.75]));
    assert_eq!(charts[4]["lines"][0]["interval"], serde_json::json!([[77.5], [79.5]]));
    assert_eq!(charts[4]["lines"][0]["baseline"], 1.25);
    for part in ["00000-tutorial-mnist", "mnist, 60,000 images", "gan train --resume", "training"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_page_asks_nothing_of_the_network() {
    let runs = tempdir().unwrap();
    let run = short_run(runs.path(), &config());
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    let sources = page.split(" src=\"").skip(1).chain(page.split(" href=\"").skip(1));
    for source in sources {
        assert!(source.starts_with("data:"), "{}", &source[..40]);
    }
    for asking in ["url(", "@import", "<iframe", "<object", "sendBeacon", "XMLHttpRequest"] {
        assert!(!page.contains(asking), "{asking}");
    }
}

#[test]
fn names_that_look_like_html_stay_text() {
    let runs = tempdir().unwrap();
    let mut config = config();
    let evil = "</script><script>alert(1)</script>";
    config.data.name = evil.to_owned();
    let run = short_run(runs.path(), &config);
    let metric =
        EvaluatedMetric { name: evil.to_owned(), value: 1.0, interval: None, baseline: None };
    let line = EvaluationLine { step: 20, images: 2_000, seconds: 1.0, metrics: vec![metric] };
    run.append_stats(&StatsLine::Evaluation(line)).unwrap();
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    assert!(!page.contains("<script>alert"));
    // The data, uPlot, and the page's own.
    assert_eq!(page.matches("</script>").count(), 3);
    let charts = data(&page)["charts"].clone();
    assert!(charts.as_array().unwrap().iter().any(|chart| chart["title"] == evil));
}

#[test]
fn sixty_thousand_reported_steps_and_six_hundred_grids_stay_below_five_megabytes() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    let mut text = String::new();
    for step in 1..=60_000_u64 {
        let line = report(step, (step as f64).sin() / 3.0);
        text += &serde_json::to_string(&line).unwrap();
        text.push('\n');
    }
    run.write(names::STATS, text.as_bytes()).unwrap();
    for step in 0..=600 {
        run.write(&names::fakes(100 * step), &vec![step as u8; 50_000]).unwrap();
    }
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    assert!(page.len() < 5_000_000, "{}", page.len());
    let data = data(&page);
    let frames = data["runs"][0]["frames"].as_array().unwrap();
    assert!(frames.len() > 50);
    assert_eq!(
        (&frames[0]["step"], &frames[frames.len() - 1]["step"]),
        (&0.into(), &60_000.into())
    );
    let steps = data["charts"][0]["lines"][0]["steps"].as_array().unwrap();
    assert!((500..=1_000).contains(&steps.len()), "{}", steps.len());
    assert_eq!((&steps[0], &steps[steps.len() - 1]), (&1.into(), &60_000.into()));
}

#[test]
fn a_run_that_has_just_begun_has_a_page() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    assert!(page.contains("Nothing is reported yet") && page.contains("no samples yet"));
}

#[test]
fn a_run_that_ends_early_is_shown_as_stopped_and_lines_that_cannot_be_read_are_told() {
    let runs = tempdir().unwrap();
    let writer = short_run(runs.path(), &config());
    let run = writer.dir().clone();
    drop(writer);
    let stats = std::fs::read_to_string(run.file(names::STATS)).unwrap();
    std::fs::write(run.file(names::STATS), format!("broken\n{stats}")).unwrap();
    let page = page(&[run], Pictures::Inside).unwrap();
    assert!(page.contains("20 of 60,000") && page.contains("chip stopped"));
    assert!(page.contains("1 lines of its files cannot be read"));
}

#[test]
fn several_runs_share_their_charts_and_begin_with_what_differs() {
    let runs = tempdir().unwrap();
    let mut other = config();
    other.training.batch_size = 64;
    other.training.seed = 7;
    let both = [short_run(runs.path(), &config()), short_run(runs.path(), &other)];
    let dirs = both.each_ref().map(|run| run.dir().clone());
    let page = page(&dirs, Pictures::Inside).unwrap();
    let (_, rest) = page.split_once("What differs").unwrap();
    let (table, _) = rest.split_once("</table>").unwrap();
    let rows: Vec<&str> = table.matches("<tr>").collect();
    assert_eq!(rows.len(), 3, "{table}");
    assert!(table.contains("<code>batch_size</code></th><td>100</td><td>64</td>"), "{table}");
    assert!(table.contains("<code>seed</code></th><td>0</td><td>7</td>"), "{table}");
    let data = data(&page);
    for chart in data["charts"].as_array().unwrap() {
        let runs: Vec<u64> = chart["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["run"].as_u64().unwrap())
            .collect();
        assert_eq!(runs, [0, 1], "{}", chart["title"]);
    }
}

#[test]
fn runs_of_the_same_name_are_told_apart_by_their_folders() {
    let runs = tempdir().unwrap();
    let both = ["seed0", "seed1"].map(|folder| short_run(&runs.path().join(folder), &config()));
    let page = page(&both.each_ref().map(|run| run.dir().clone()), Pictures::Inside).unwrap();
    for name in ["seed0/00000-tutorial-mnist", "seed1/00000-tutorial-mnist"] {
        assert!(page.contains(name), "{name}");
    }
}

#[test]
fn a_page_of_a_server_has_its_pictures_beside_it() {
    let runs = tempdir().unwrap();
    let run = short_run(runs.path(), &config());
    let page = page(&[run.dir().clone()], Pictures::Beside).unwrap();
    assert!(!page.contains("data:image/png"));
    assert!(page.contains("/runs/00000-tutorial-mnist/fakes-000020.png?"));
}

#[test]
fn what_the_guard_saw_is_a_curve_a_table_of_classes_and_advice_of_its_own() {
    let outdir = tempdir().unwrap();
    let run = short_run(outdir.path(), &config());
    for (step, spread) in [(0, 0.5), (10, 0.25)] {
        let stats = SampleStats { step, spread, spread_high: spread + 0.125, moved: None };
        run.append_event(&Event::SampleStats(stats)).unwrap();
    }
    let counts = ClassCounts { step: 10, counts: vec![3, 1], of_data: vec![0.5, 0.5] };
    run.append_event(&Event::ClassCounts(counts)).unwrap();
    let alarm = Alarm {
        step: 10,
        trouble: "mode-collapse".to_owned(),
        severity: Severity::Warning,
        message: "two samples differ 0.25 times as much as two real images".to_owned(),
        advice: Some("both gradient penalties".to_owned()),
    };
    run.append_event(&Event::Alarm(alarm)).unwrap();
    let page = page(&[run.dir().clone()], Pictures::Inside).unwrap();
    assert!(page.contains("Differences between samples"), "{page}");
    assert!(page.contains("two real images. What to try: both gradient penalties"), "{page}");
    assert!(
        page.contains("How often each class is generated") && page.contains(">75.0<"),
        "{page}"
    );
}
