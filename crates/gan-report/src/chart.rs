//! Curves over the steps.

use gan_run::{EvaluationLine, EventLine, ReportLine};
use gan_training::Event;
use serde::Serialize;

use crate::downsample::indices;
use crate::number::rounded;
use crate::sections::glossary;

/// Points of one line: about what a chart has pixels.
const MAX_POINTS: usize = 1_000;

/// Lines that share their axes.
#[derive(Debug, Serialize)]
pub struct Chart {
    /// Unique in a page.
    pub id: String,
    /// Above it.
    pub title: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A value over the steps.
#[derive(Debug, Serialize)]
pub struct Line {
    /// In the legend.
    pub label: String,
    /// Which of the page's runs it belongs to.
    pub run: usize,
    /// Steps taken.
    pub steps: Vec<u64>,
    /// The value after each; what is not finite is a gap.
    pub values: Vec<f64>,
    /// The ends of a 95 % interval around each, where all have one.
    pub interval: Option<[Vec<f64>; 2]>,
    /// The same of real images: a level.
    pub baseline: Option<f64>,
}

/// What a run has told of itself.
pub struct Told {
    /// Name of the run.
    pub name: String,
    /// Whether its logits are log-odds, and D(x) a probability.
    pub has_probabilities: bool,
    /// Its reports, by step.
    pub reports: Vec<ReportLine>,
    /// Its evaluations, by step.
    pub evaluations: Vec<EvaluationLine>,
    /// What happened, in order.
    pub events: Vec<EventLine>,
}

/// A number of every report.
struct Quantity {
    chart: &'static str,
    title: &'static str,
    label: &'static str,
    of: fn(&ReportLine) -> f64,
}

const QUANTITIES: [Quantity; 9] = [
    Quantity { chart: "loss", title: "Losses", label: "discriminator", of: |line| line.d_loss },
    Quantity { chart: "loss", title: "Losses", label: "generator", of: |line| line.g_loss },
    Quantity {
        chart: "probability",
        title: "Discriminator's probability of “real”",
        label: "real images, D(x)",
        of: |line| line.d_real,
    },
    Quantity {
        chart: "probability",
        title: "Discriminator's probability of “real”",
        label: "generated images, D(G(z))",
        of: |line| line.d_fake,
    },
    Quantity { chart: "logit", title: "Logits", label: "real images", of: |line| line.real_logit },
    Quantity {
        chart: "logit",
        title: "Logits",
        label: "generated images",
        of: |line| line.fake_logit,
    },
    Quantity {
        chart: "gradient_norm",
        title: "Gradient norms",
        label: "discriminator",
        of: |line| line.d_grad_norm,
    },
    Quantity {
        chart: "gradient_norm",
        title: "Gradient norms",
        label: "generator",
        of: |line| line.g_grad_norm,
    },
    Quantity {
        chart: "speed",
        title: "Speed",
        label: "real images a second",
        of: |line| line.images_per_second,
    },
];

/// The curves of one run, or those of several overlaid: then each quantity has a chart of its own.
pub fn charts(runs: &[Told]) -> Vec<Chart> {
    let mut charts: Vec<Chart> = Vec::new();
    for quantity in &QUANTITIES {
        let lines = runs.iter().enumerate().filter_map(|(run, told)| {
            let label = if runs.len() == 1 { quantity.label } else { &told.name };
            let points: Vec<(u64, f64)> =
                told.reports.iter().map(|line| (line.step, (quantity.of)(line))).collect();
            let is_shown = quantity.chart != "probability" || told.has_probabilities;
            let is_there = is_shown && points.iter().any(|(_, value)| value.is_finite());
            is_there.then(|| line(label, run, &points))
        });
        let lines: Vec<Line> = lines.collect();
        if lines.is_empty() {
            continue;
        }
        let (id, title) = match runs.len() {
            1 => (quantity.chart.to_owned(), quantity.title.to_owned()),
            _ => {
                let id = format!("{}-{}", quantity.chart, charts.len());
                (id, format!("{}: {}", quantity.title, quantity.label))
            }
        };
        match charts.iter_mut().find(|chart| chart.id == id) {
            Some(chart) => chart.lines.extend(lines),
            None => {
                charts.push(Chart { id, title, about: about(quantity.chart).to_owned(), lines });
            }
        }
    }
    // What was measured comes before how fast it went.
    let speed = charts.iter().position(|chart| chart.id.starts_with("speed"));
    let speed = speed.map(|at| charts.remove(at));
    charts.extend(metric_charts(runs));
    charts.extend(spread_chart(runs));
    charts.extend(speed);
    charts
}

fn about(chart: &str) -> &'static str {
    match chart {
        "loss" => {
            "Means since the report before. Losses of a GAN need not fall: they say how the two networks fare against each other."
        }
        "probability" => {
            "Means of the latest batch. Near 0.5 the discriminator can no longer tell real from generated; near 1 and 0 it always can, and the generator learns little."
        }
        "logit" => {
            "What the discriminator puts out, means of the latest batch. The further apart, the surer it is."
        }
        "gradient_norm" => {
            "Norm of all gradients of a network together in the latest step, before clipping. Near 0 nothing is learned; sudden peaks shake the run."
        }
        _ => "Real images shown to the discriminator in a second, evaluations left out.",
    }
}

/// How much the images of the fixed latents differ, as the guard measured it.
fn spread_chart(runs: &[Told]) -> Option<Chart> {
    let lines = runs.iter().enumerate().filter_map(|(run, told)| {
        let points: Vec<(u64, f64)> = told
            .events
            .iter()
            .filter_map(|line| match &line.event {
                Event::SampleStats(stats) => Some((stats.step, stats.spread)),
                _ => None,
            })
            .collect();
        let label = if runs.len() == 1 { "samples" } else { &told.name };
        let mut line = line(label, run, &points);
        line.baseline = Some(1.0);
        (points.len() > 1).then_some(line)
    });
    let lines: Vec<Line> = lines.collect();
    (!lines.is_empty()).then(|| Chart {
        id: "spread".to_owned(),
        title: "Differences between samples".to_owned(),
        about: "Mean distance between two of the fixed samples, divided by that between two real images. Far below 1 they look alike."
            .to_owned(),
        lines,
    })
}

/// A chart for each metric that was evaluated during training.
fn metric_charts(runs: &[Told]) -> Vec<Chart> {
    let mut names: Vec<&str> = Vec::new();
    for evaluation in runs.iter().flat_map(|told| &told.evaluations) {
        for metric in &evaluation.metrics {
            if !names.contains(&metric.name.as_str()) {
                names.push(&metric.name);
            }
        }
    }
    let chart = |name: &str| {
        let lines = runs.iter().enumerate().filter_map(|(run, told)| {
            let found: Vec<_> = told
                .evaluations
                .iter()
                .filter_map(|line| {
                    Some((line.step, line.metrics.iter().find(|metric| metric.name == name)?))
                })
                .collect();
            let points: Vec<(u64, f64)> =
                found.iter().map(|(step, metric)| (*step, metric.value)).collect();
            let label = if runs.len() == 1 { name } else { &told.name };
            let intervals: Option<Vec<[f64; 2]>> =
                found.iter().map(|(_, metric)| metric.interval).collect();
            let mut line = line(label, run, &points);
            line.baseline = found.iter().rev().find_map(|(_, metric)| metric.baseline);
            // Few enough are evaluated that none is left out.
            line.interval = intervals
                .filter(|ends| ends.len() == line.values.len())
                .map(|ends| [0, 1].map(|end| ends.iter().map(|ends| rounded(ends[end])).collect()));
            (!points.is_empty()).then_some(line)
        });
        Chart {
            id: format!("metric-{name}"),
            title: name.to_owned(),
            about: glossary::meaning(metric_of(name)),
            lines: lines.collect(),
        }
    };
    names.into_iter().map(chart).collect()
}

/// `fd` of `fd_mnistcnn_10k`.
fn metric_of(name: &str) -> &str {
    name.rsplitn(3, '_').nth(2).unwrap_or(name)
}

fn line(label: &str, run: usize, points: &[(u64, f64)]) -> Line {
    let values: Vec<f64> = points.iter().map(|&(_, value)| value).collect();
    let chosen = indices(&values, MAX_POINTS);
    Line {
        label: label.to_owned(),
        run,
        steps: chosen.iter().map(|&i| points[i].0).collect(),
        values: chosen.iter().map(|&i| rounded(values[i])).collect(),
        interval: None,
        baseline: None,
    }
}
