//! The files of one JSON value a line.

use std::fs;
use std::io::Write;

use gan_run::{EvaluatedMetric, EvaluationLine, ReportLine, RunWriter, StatsLine, names};
use gan_training::{Ending, Event, NonFinite};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::config;

fn report(step: u64) -> StatsLine {
    StatsLine::Report(ReportLine {
        step,
        images: 100 * step,
        d_loss: 1.25,
        g_loss: 0.5,
        d_real: 0.75,
        d_fake: 0.25,
        real_logit: 1.5,
        fake_logit: -1.5,
        d_grad_norm: 0.25,
        g_grad_norm: 0.125,
        images_per_second: 12_345.0,
    })
}

fn evaluation(step: u64) -> StatsLine {
    StatsLine::Evaluation(EvaluationLine {
        step,
        images: 100 * step,
        seconds: 1.5,
        metrics: vec![EvaluatedMetric {
            name: "fd_mnistcnn_2k".to_owned(),
            value: 78.5,
            interval: Some([77.0, 80.0]),
            baseline: Some(1.25),
        }],
    })
}

#[test]
fn statistics_are_a_json_object_a_line_with_the_keys_that_are_documented() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    run.append_stats(&report(10)).unwrap();
    run.append_stats(&evaluation(10)).unwrap();
    let text = fs::read_to_string(run.dir().file(names::STATS)).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines,
        [
            json!({
                "progress/step": 10,
                "progress/images": 1000,
                "loss/d": 1.25,
                "loss/g": 0.5,
                "probability/real": 0.75,
                "probability/fake": 0.25,
                "logit/real": 1.5,
                "logit/fake": -1.5,
                "gradient_norm/d": 0.25,
                "gradient_norm/g": 0.125,
                "timing/images_per_second": 12345.0,
            }),
            json!({
                "progress/step": 10,
                "progress/images": 1000,
                "metric/fd_mnistcnn_2k": 78.5,
                "interval/fd_mnistcnn_2k": [77.0, 80.0],
                "baseline/fd_mnistcnn_2k": 1.25,
                "timing/evaluation_seconds": 1.5,
            }),
        ]
    );
    assert_eq!(run.dir().stats().unwrap().values, [report(10), evaluation(10)]);
}

#[test]
fn a_loss_that_is_not_finite_is_kept_and_read_as_nan() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    let StatsLine::Report(good) = report(1) else { unreachable!() };
    run.append_stats(&StatsLine::Report(ReportLine { d_loss: f64::INFINITY, ..good })).unwrap();
    let [read] = &run.dir().reports().unwrap()[..] else { panic!("one report") };
    assert!(read.d_loss.is_nan());
    assert_eq!(read.g_loss, 0.5);
}

#[test]
fn lines_that_are_broken_or_half_written_are_counted_and_do_not_hide_the_others() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    assert!(run.dir().stats().unwrap().values.is_empty());
    run.append_stats(&report(10)).unwrap();
    let path = run.dir().file(names::STATS);
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"\xff broken\n").unwrap();
    run.append_stats(&report(20)).unwrap();
    file.write_all(b"{\"progress/step\":30").unwrap();
    let lines = run.dir().stats().unwrap();
    assert_eq!(lines.values, [report(10), report(20)]);
    assert_eq!(lines.unreadable, 1);
}

#[test]
fn events_are_kept_with_their_time_except_those_of_every_step() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    let kept = [
        Event::Begun { step: 0, steps: 9, images_per_step: 100 },
        Event::Note { step: 3, text: "a sentence".to_owned() },
        Event::NonFinite(NonFinite { step: 4, name: "loss/d".to_owned(), value: f64::INFINITY }),
        Event::Ended { step: 4, ending: Ending::NonFinite },
    ];
    for event in &kept {
        run.append_event(event).unwrap();
        run.append_event(&Event::Stepped { step: 1 }).unwrap();
        run.append_event(&Event::Checkpoint { step: 1, bytes: vec![1, 2, 3] }).unwrap();
    }
    let lines = run.dir().events().unwrap();
    assert_eq!(lines.unreadable, 0);
    let read: Vec<Event> = lines.values.iter().map(|line| line.event.clone()).collect();
    assert_eq!(read, kept);
    assert!(lines.values.iter().all(|line| line.time > 1.7e9));
    assert!(lines.values.is_sorted_by_key(|line| line.time));
}

#[test]
fn a_run_that_goes_on_forgets_what_came_after_its_checkpoint() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    let path = run.dir().file(names::STATS);
    for step in [10, 20, 30] {
        run.append_stats(&report(step)).unwrap();
        run.append_stats(&evaluation(step)).unwrap();
    }
    let whole = fs::read(&path).unwrap();
    run.forget_after(30).unwrap();
    assert_eq!(fs::read(&path).unwrap(), whole);
    // Killed in the middle of a line.
    fs::write(&path, &whole[..whole.len() - 5]).unwrap();
    run.forget_after(20).unwrap();
    let kept = run.dir().stats().unwrap();
    assert_eq!(kept.values, [report(10), evaluation(10), report(20), evaluation(20)]);
    assert_eq!(kept.unreadable, 0);
    assert!(whole.starts_with(&fs::read(&path).unwrap()));
}
