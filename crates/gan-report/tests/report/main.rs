//! What gan-report promises.

mod pages;
mod tables;

use std::path::Path;

use gan_run::{
    DataConfig, EvaluatedMetric, EvaluationLine, ReportLine, RunConfig, RunWriter, StatsLine, names,
};
use gan_training::Preset;

/// The configuration of a run of the tutorial.
fn config() -> RunConfig {
    RunConfig {
        version: "0.1.0".to_owned(),
        backend: "flex".to_owned(),
        data: DataConfig {
            name: "mnist".to_owned(),
            path: None,
            images: 60_000,
            checksum: "00c0ffee".to_owned(),
            rule: gan_data::Rule::default(),
            classes: None,
        },
        training: Preset::Tutorial.config([1, 28, 28]),
        evaluation: None,
    }
}

fn report(step: u64, d_loss: f64) -> StatsLine {
    StatsLine::Report(ReportLine {
        step,
        images: 100 * step,
        d_loss,
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

fn evaluation(step: u64, value: f64) -> StatsLine {
    StatsLine::Evaluation(EvaluationLine {
        step,
        images: 100 * step,
        seconds: 1.5,
        metrics: vec![EvaluatedMetric {
            name: "fd_mnistcnn_2k".to_owned(),
            value,
            interval: Some([value - 1.0, value + 1.0]),
            baseline: Some(1.25),
        }],
    })
}

/// A run of two reports, an evaluation and three grids.
fn short_run(outdir: &Path, config: &RunConfig) -> RunWriter {
    let run = RunWriter::create(outdir, config).unwrap();
    for (step, d_loss) in [(10, 1.25), (20, 0.75)] {
        run.append_stats(&report(step, d_loss)).unwrap();
    }
    run.append_stats(&evaluation(20, 78.5)).unwrap();
    for step in [0, 10, 20] {
        run.write(&names::fakes(step), format!("picture of step {step}").as_bytes()).unwrap();
    }
    run.write(names::REALS, b"picture of reals").unwrap();
    run
}
