//! A class of the data that is missing or rare among the samples.

use super::troubles::Trouble;
use super::watch::{Facts, Look, Watch};
use crate::run::{ClassCounts, Event};

/// Fraction of the data's share below which a class is missing.
const MIN_FRACTION: f64 = 0.5;
/// Chance that the true share lies above the interval.
const ALPHA: f64 = 0.005;

pub(super) struct MissingClass;

impl Watch for MissingClass {
    fn trouble(&self) -> Trouble {
        Trouble::MissingClass
    }

    fn raise_after(&self) -> u32 {
        1
    }

    fn look(&mut self, event: &Event, facts: &Facts) -> Option<Look> {
        let Event::ClassCounts(ClassCounts { step, counts, of_data }) = event else { return None };
        if !facts.has_had_a_chance(*step) {
            return None;
        }
        let total: u64 = counts.iter().sum();
        let shortfall = |class: usize| counts[class] as f64 / (total as f64 * of_data[class]);
        let is_missing = |class: usize| {
            clopper_pearson_high(counts[class], total) < MIN_FRACTION * of_data[class]
        };
        let classes = (0..counts.len()).filter(|&class| of_data[class] > 0.0);
        let missing: Vec<String> =
            classes.clone().filter(|&class| is_missing(class)).map(|it| it.to_string()).collect();
        let rarest = classes.min_by(|&a, &b| shortfall(a).total_cmp(&shortfall(b)))?;
        let high = clopper_pearson_high(counts[rarest], total);
        let others = match missing.len() {
            0 | 1 => String::new(),
            _ => format!("classes {} are rare; ", missing.join(", ")),
        };
        let message = format!(
            "{others}class {rarest} is {:.1} % of {total} samples (at most {:.1} %), {:.1} % of the data",
            100.0 * counts[rarest] as f64 / total as f64,
            100.0 * high,
            100.0 * of_data[rarest]
        );
        Some(Look { holds: is_missing(rarest), message })
    }
}

/// The largest fraction of which `hits` or fewer of `count` still have a chance of [`ALPHA`] (Clopper and
/// Pearson 1934).
fn clopper_pearson_high(hits: u64, count: u64) -> f64 {
    if hits >= count {
        return 1.0;
    }
    // Σ C(count, k) pᵏ (1 − p)ᶜᵒᵘⁿᵗ⁻ᵏ over k from 0 to hits, term by term in logarithms.
    let chance = |p: f64| {
        let mut log_term = count as f64 * (-p).ln_1p();
        let mut sum = log_term.exp();
        for k in 0..hits {
            log_term += ((count - k) as f64 / (k + 1) as f64).ln() + p.ln() - (-p).ln_1p();
            sum += log_term.exp();
        }
        sum
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if chance(middle) > ALPHA { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_interval_is_that_of_scipy() {
        // scipy.stats.binomtest(k, n).proportion_ci(0.99, "exact").high
        for (hits, count, high) in HIGH {
            assert!((super::clopper_pearson_high(hits, count) - high).abs() < 1e-9);
        }
    }

    const HIGH: [(u64, u64, f64); 3] = [
        (0, 512, 0.010294916914910194),
        (4, 512, 0.02439217105884006),
        (700, 1000, 0.7367940077520014),
    ];
}
