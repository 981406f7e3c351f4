//! What `gan evaluate` measured of a run, as a table.

use gan_metrics::Measurement;
use gan_run::MetricLine;

use crate::number::short;
use crate::sections::glossary;

/// A metric of a snapshot.
pub struct Row {
    /// Metric, extractor and samples: `fd_mnistcnn_10k`.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// With half of its 95 % interval: `78.24 ± 1.31`.
    pub value: String,
    /// The same of as many other real images.
    pub baseline: String,
    /// Step of the snapshot.
    pub step: u64,
}

/// How often a class is generated.
pub struct Class {
    /// Its name.
    pub name: String,
    /// Fraction of the generated images, in percent.
    pub percent: f64,
    /// The same of real images.
    pub baseline: Option<f64>,
}

const CLASS: &str = "class_share_";

/// The latest measurement of each metric; classes have a table of their own.
pub fn rows(lines: &[MetricLine]) -> Vec<Row> {
    latest(lines)
        .into_iter()
        .filter(|line| !line.measurement.metric.starts_with(CLASS))
        .map(|line| {
            let Measurement { name, metric, estimate, baseline, .. } = &line.measurement;
            Row {
                name: name.clone(),
                meaning: glossary::meaning(metric),
                value: match &estimate.interval {
                    Some(ends) => {
                        format!(
                            "{} ± {}",
                            short(estimate.value),
                            short((ends.high - ends.low) / 2.0)
                        )
                    }
                    None => short(estimate.value),
                },
                baseline: baseline
                    .as_ref()
                    .map_or_else(|| "–".to_owned(), |baseline| short(baseline.value)),
                step: line.step,
            }
        })
        .collect()
}

/// How often each class is generated, as of the latest measurement.
pub fn classes(lines: &[MetricLine]) -> Vec<Class> {
    latest(lines)
        .into_iter()
        .filter_map(|line| {
            let Measurement { metric, estimate, baseline, .. } = &line.measurement;
            Some(Class {
                name: metric.strip_prefix(CLASS)?.to_owned(),
                percent: 100.0 * estimate.value,
                baseline: baseline.as_ref().map(|baseline| 100.0 * baseline.value),
            })
        })
        .collect()
}

/// The last line of each name, in the order in which the names first came.
fn latest(lines: &[MetricLine]) -> Vec<&MetricLine> {
    let mut latest: Vec<&MetricLine> = Vec::new();
    for line in lines {
        match latest.iter_mut().find(|other| other.measurement.name == line.measurement.name) {
            Some(other) => *other = line,
            None => latest.push(line),
        }
    }
    latest
}
