//! No progress: evaluations that no longer improve.

use std::collections::VecDeque;

use super::troubles::Trouble;
use super::watch::{Facts, Look, Watch};
use crate::run::Event;

/// Evaluations that are looked at.
const EVALUATIONS: usize = 10;
/// What is better by less than this fraction is not better.
const MIN_GAIN: f64 = 0.01;
/// A trend is downward below this Mann–Kendall statistic: one-sided, 5 %.
const TREND: f64 = -1.64;

#[derive(Default)]
pub(super) struct Progress {
    values: VecDeque<f64>,
    best: Option<f64>,
    since_best: usize,
}

impl Watch for Progress {
    fn trouble(&self) -> Trouble {
        Trouble::NoProgress
    }

    fn raise_after(&self) -> u32 {
        1
    }

    fn look(&mut self, event: &Event, _: &Facts) -> Option<Look> {
        let Event::Evaluated(evaluated) = event else { return None };
        // Of distances it is known that lower is better.
        if !evaluated.metric.starts_with("fd_") && !evaluated.metric.starts_with("kid_") {
            return None;
        }
        let value = evaluated.value?;
        self.since_best += 1;
        if self.best.is_none_or(|best| value < best - MIN_GAIN * best.abs()) {
            (self.best, self.since_best) = (Some(value), 0);
        }
        self.values.push_back(value);
        if self.values.len() <= EVALUATIONS {
            return None;
        }
        self.values.pop_front();
        let z = mann_kendall(self.values.make_contiguous());
        let (low, high) = self
            .values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |ends, &v| (v.min(ends.0), v.max(ends.1)));
        let stands_still = high - low < MIN_GAIN * high.abs();
        let holds = self.since_best >= EVALUATIONS && (z > TREND || stands_still);
        let message = format!(
            "{} was not better at the last {} evaluations (trend {z:.1} standard deviations)",
            evaluated.metric, self.since_best
        );
        Some(Look { holds, message })
    }
}

/// The Mann–Kendall statistic in standard deviations, positive for a rising series (Kendall 1975); ties
/// count for neither side.
fn mann_kendall(values: &[f64]) -> f64 {
    let mut s = 0;
    for (i, later) in values.iter().enumerate() {
        let sign = |earlier: &f64| i32::from(later > earlier) - i32::from(later < earlier);
        s += values[..i].iter().map(sign).sum::<i32>();
    }
    let n = values.len() as f64;
    let std = (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    f64::from(s - s.signum()) / std
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_trend_statistic_is_that_of_the_formula() {
        // By hand: S = 10 for five rising values, variance 5 · 4 · 15 / 18.
        let z = super::mann_kendall(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert!((z - 9.0 / (50.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }
}
