//! How often the intervals hold what they should, and how wide they are, by repetition.

use gan_metrics::oracles::Verdict;
use gan_metrics::{
    ClassProbabilities, Extracted, ExtractorId, Features, METRICS, Mixture, Reals, Resampling,
    Suite, SuiteSettings,
};

/// Where the samples are.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    pub name: &'static str,
    /// What their mean is shifted by in each direction, and their standard deviation.
    pub shift: f64,
    pub std: f64,
}

pub const BASELINE: Scenario = Scenario { name: "baseline", shift: 0.0, std: 1.0 };
pub const NEAR: Scenario = Scenario { name: "near", shift: 0.08, std: 0.95 };
pub const FAR: Scenario = Scenario { name: "far", shift: 0.4, std: 0.8 };

/// What the intervals of a metric are like.
#[derive(Clone, Debug)]
pub struct Found {
    pub metric: &'static str,
    /// The mean value over the repetitions, which the intervals should hold.
    pub mean: f64,
    /// The fraction of intervals that hold it.
    pub coverage: f64,
    /// The mean half-width, divided by 1.96 standard deviations of the values.
    pub width: f64,
}

/// Draws `repetitions` times reference, held-out images and samples, `count` normal points each in
/// `dim` dimensions, and measures every metric that gives an interval.
pub fn simulate(scenario: Scenario, count: usize, dim: usize, repetitions: u64) -> Vec<Found> {
    // Training images are no part of the repetition: they are what they are.
    let training = normal(1 << 40, count, dim, BASELINE);
    let extractor = ExtractorId { name: "normal".into(), hash: String::new() };
    let mut found: Vec<(&'static str, Vec<[f64; 3]>)> = Vec::new();
    for repetition in 0..repetitions {
        let draw = |part: u64, scenario| known(normal(3 * repetition + part, count, dim, scenario));
        let reals = Reals {
            reference: draw(0, BASELINE),
            held_out: Some(draw(1, BASELINE)),
            training: Some(training.clone()),
        };
        let resampling = Resampling { seed: repetition, ..Resampling::default() };
        let settings =
            SuiteSettings { resampling, data_copying_cells: 2, ..SuiteSettings::default() };
        let suite = Suite::new(extractor.clone(), reals, settings).unwrap();
        let fakes = draw(2, scenario);
        let comparison = suite.compare(&fakes).unwrap();
        for metric in METRICS {
            // Of the shares of the classes the first stands for all.
            let estimate = comparison.measure_value(metric).unwrap().swap_remove(0);
            let Some(interval) = estimate.interval else { continue };
            let line = [estimate.value, interval.low, interval.high];
            match found.iter_mut().find(|(name, _)| *name == metric.name) {
                Some((_, lines)) => lines.push(line),
                None => found.push((metric.name, vec![line])),
            }
        }
    }
    found.into_iter().map(|(metric, lines)| summary(metric, &lines)).collect()
}

fn summary(metric: &'static str, lines: &[[f64; 3]]) -> Found {
    let count = lines.len() as f64;
    let mean = lines.iter().map(|[value, ..]| value).sum::<f64>() / count;
    let variance =
        lines.iter().map(|[value, ..]| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let holds = lines.iter().filter(|[_, low, high]| *low <= mean && mean <= *high).count();
    let half_width = lines.iter().map(|[_, low, high]| (high - low) / 2.0).sum::<f64>() / count;
    Found {
        metric,
        mean,
        coverage: holds as f64 / count,
        width: half_width / (1.96 * variance.sqrt()),
    }
}

/// Features with all that metrics ask for: of five classes, by the angle in the first two
/// dimensions and not without doubt, of which some of the labels are right; and the modes of a grid.
fn known(features: Features) -> Extracted {
    let plane = |row: usize| [0, 1].map(|at| features.row(row)[at]);
    let logits = (0..features.len()).flat_map(|row| {
        let [x, y] = plane(row);
        (0..5).map(move |class| {
            let angle = std::f32::consts::TAU * class as f32 / 5.0;
            2.0 * (x * angle.cos() + y * angle.sin())
        })
    });
    let logits = Features::new(features.len(), 5, logits.collect()).unwrap();
    let classes = ClassProbabilities::from_logits(&logits);
    // The sign of another dimension says whether the label is right.
    let label = |(row, class): (usize, usize)| match features.row(row)[2] > 0.3 {
        true => class,
        false => (class + 1) % 5,
    };
    let labels = classes.predictions().into_iter().enumerate().map(label).collect();
    let points = (0..features.len()).flat_map(plane).collect();
    let points = Features::new(features.len(), 2, points).unwrap();
    let centres = vec![[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]];
    let modes = Mixture { centres, sigma: 0.3 }.hits(&points).unwrap();
    // By differences of dimensions, whose signs no shift changes.
    let verdict = |row: usize| match features.row(row) {
        [.., a, b] if a > b => Verdict::Right,
        [.., c, d, _, _] if c > d => Verdict::Wrong,
        _ => Verdict::Unreadable,
    };
    let verdicts = Some((0..features.len()).map(verdict).collect());
    let (classes, labels, modes) = (Some(classes), Some(labels), Some(modes));
    Extracted { judge: None, classes, labels, modes, verdicts, features }
}

/// Normal points; no two parts of the simulation share a seed.
fn normal(seed: u64, count: usize, dim: usize, Scenario { shift, std, .. }: Scenario) -> Features {
    let mut normal = crate::synthetic::Normal::new(2 * seed + 1);
    // The first numbers of neighbouring seeds are alike.
    (0..20).for_each(|_| _ = normal.next());
    let values = (0..count * dim).map(|_| (shift + std * normal.next()) as f32).collect();
    Features::new(count, dim, values).unwrap()
}
