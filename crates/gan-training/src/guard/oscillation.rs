//! Oscillation: the loss swings at an even pace and the swing does not shrink.

use std::collections::VecDeque;

use super::troubles::Trouble;
use super::watch::{Facts, Look, Watch};
use crate::run::Event;

/// Reports that are looked at.
const REPORTS: usize = 32;
/// The chance of so strong a period in noise.
const MAX_P: f64 = 1e-4;
/// The shortest and longest period, in reports.
const PERIODS: [f64; 2] = [3.0, 12.0];
/// Frequencies that are tried between them.
const FREQUENCIES: usize = 40;
/// How much the second half swings, relative to the first, at least.
const MIN_RATIO: f64 = 0.6;

#[derive(Default)]
pub(super) struct Oscillation {
    losses: VecDeque<f64>,
}

impl Watch for Oscillation {
    fn trouble(&self) -> Trouble {
        Trouble::Oscillation
    }

    fn raise_after(&self) -> u32 {
        3
    }

    fn look(&mut self, event: &Event, _: &Facts) -> Option<Look> {
        let Event::Vitals(vitals) = event else { return None };
        self.losses.push_back(vitals.means.g_loss);
        if self.losses.len() <= REPORTS {
            return None;
        }
        self.losses.pop_front();
        let losses = without_line(self.losses.make_contiguous());
        let Period { reports, p } = strongest_period(&without_memory(&losses))?;
        let (first, second) = losses.split_at(REPORTS / 2);
        let ratio = std(second) / std(first);
        let holds = p < MAX_P && ratio > MIN_RATIO;
        let message = format!(
            "the generator's loss swings by {:.3} with a period of {reports:.1} reports (p = {p:.1e}), {} \
             than before",
            std(&losses) * 2.0 * 2.0_f64.sqrt(),
            if ratio > 1.0 { "more" } else { "hardly less" }
        );
        Some(Look { holds, message })
    }
}

/// The strongest period of a series.
struct Period {
    /// Its length.
    reports: f64,
    /// The chance of one as strong in white noise.
    p: f64,
}

/// The period whose sine explains most of a series. None if the series is constant.
fn strongest_period(series: &[f64]) -> Option<Period> {
    let [low, high] = PERIODS.map(|period| 1.0 / period);
    let frequency = |i: usize| high + (low - high) * i as f64 / (FREQUENCIES - 1) as f64;
    let explained = |i: usize| (1.0 / frequency(i), explained(series, frequency(i)));
    let (reports, r2) = (0..FREQUENCIES).map(explained).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let p = (FREQUENCIES as f64 * chance(r2, series.len())).min(1.0);
    r2.is_finite().then_some(Period { reports, p })
}

/// The fraction of a series' squares that sine and cosine of this frequency explain (least squares).
fn explained(series: &[f64], frequency: f64) -> f64 {
    let (mut cc, mut cs, mut ss, mut cx, mut sx, mut xx) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (i, x) in series.iter().enumerate() {
        let (s, c) = (std::f64::consts::TAU * frequency * i as f64).sin_cos();
        (cc, cs, ss) = (cc + c * c, cs + c * s, ss + s * s);
        (cx, sx, xx) = (cx + c * x, sx + s * x, xx + x * x);
    }
    let determinant = cc * ss - cs * cs;
    let (a, b) = ((ss * cx - cs * sx) / determinant, (cc * sx - cs * cx) / determinant);
    (a * cx + b * sx) / xx
}

/// The chance that a sine of given frequency explains so much of `count` values of white noise: the F
/// test with 2 and `count − 3` degrees of freedom, which has this closed form.
fn chance(r2: f64, count: usize) -> f64 {
    (1.0 - r2).max(0.0).powf((count as f64 - 3.0) / 2.0)
}

/// The series less the straight line through it.
fn without_line(series: &[f64]) -> Vec<f64> {
    let count = series.len() as f64;
    let (middle, mean) = ((count - 1.0) / 2.0, series.iter().sum::<f64>() / count);
    let along = |i: usize| i as f64 - middle;
    let slope = series.iter().enumerate().map(|(i, x)| along(i) * (x - mean)).sum::<f64>()
        / (0..series.len()).map(|i| along(i).powi(2)).sum::<f64>();
    series.iter().enumerate().map(|(i, x)| x - mean - slope * along(i)).collect()
}

/// Each value less what the one before it says of it: losses wander, and wandering is no period.
fn without_memory(series: &[f64]) -> Vec<f64> {
    let products: f64 = series.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let squares: f64 = series.iter().map(|x| x * x).sum();
    let memory = (products / squares).clamp(-1.0, 1.0);
    series.windows(2).map(|pair| pair[1] - memory * pair[0]).collect()
}

fn std(series: &[f64]) -> f64 {
    let count = series.len() as f64;
    let mean = series.iter().sum::<f64>() / count;
    (series.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_is_that_of_scipy() {
        // R² = 0.5 of 31 values: F = (0.5 / 2) / (0.5 / 28) = 14; scipy.stats.f.sf(14, 2, 28)
        assert!((chance(0.5, 31) - 6.103515625e-05).abs() < 1e-12);
    }

    #[test]
    fn a_sine_has_its_period_and_noise_has_none() {
        let sine: Vec<f64> =
            (0..REPORTS).map(|i| (std::f64::consts::TAU * i as f64 / 8.0).sin()).collect();
        let period = strongest_period(&without_memory(&without_line(&sine))).unwrap();
        assert!((period.reports - 8.0).abs() < 0.3);
        assert!(period.p < 1e-10);
        let noise = gan_random::Rng::new(3).normal(gan_random::Stream::Evaluation, 0, REPORTS);
        let noise: Vec<f64> = noise.into_iter().map(f64::from).collect();
        assert!(strongest_period(&without_memory(&noise)).unwrap().p > MAX_P);
    }
}
