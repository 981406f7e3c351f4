//! Vanishing and exploding gradients of the generator.

use super::troubles::Trouble;
use super::watch::{Facts, Look, Watch};
use crate::run::Event;

/// Reports that say what is usual in this run.
const REFERENCE: usize = 5;
/// So many times smaller or larger than usual.
const FACTOR: f64 = 100.0;
/// So many robust standard deviations from the median of logarithms.
const MIN_Z: f64 = 6.0;
/// The least and the largest deviation that is reckoned with: factors of 1.1 and 2. What grows from the
/// first step on has no noise of its own to be told from.
const STD: [f64; 2] = [0.095, 0.7];

pub(super) struct Gradient {
    trouble: Trouble,
    /// Logarithms of the norms of the first reports.
    reference: Vec<f64>,
}

impl Gradient {
    pub(super) fn vanishing() -> Self {
        Self { trouble: Trouble::VanishingGradient, reference: Vec::new() }
    }

    pub(super) fn exploding() -> Self {
        Self { trouble: Trouble::ExplodingGradient, reference: Vec::new() }
    }
}

impl Watch for Gradient {
    fn trouble(&self) -> Trouble {
        self.trouble
    }

    fn raise_after(&self) -> u32 {
        3
    }

    fn look(&mut self, event: &Event, _: &Facts) -> Option<Look> {
        let Event::Vitals(vitals) = event else { return None };
        let norm = vitals.means.g_grad_norm;
        // A norm of exactly 0 has no logarithm and is as small as can be.
        let log = norm.max(f64::MIN_POSITIVE).ln();
        if self.reference.len() < REFERENCE {
            self.reference.push(log);
            return None;
        }
        let middle = median(self.reference.clone());
        let away = self.reference.iter().map(|log| (log - middle).abs()).collect();
        let std = (1.4826 * median(away)).clamp(STD[0], STD[1]);
        // Where the discriminator is sure within a few steps, the gradient vanishes within the first
        // reports already; where nothing bounds it, it explodes there.
        let usual = match self.trouble {
            Trouble::VanishingGradient => self.reference.iter().copied().fold(middle, f64::max),
            _ => self.reference.iter().copied().fold(middle, f64::min),
        };
        let (factor, z) = (log - usual, (log - usual) / std);
        let holds = match self.trouble {
            Trouble::VanishingGradient => factor < -FACTOR.ln() && z < -MIN_Z,
            _ => factor > FACTOR.ln() && z > MIN_Z,
        };
        let message = format!(
            "the gradient norm of the generator is {norm:.3e}, {:.3e} at the start of the run",
            usual.exp()
        );
        Some(Look { holds, message })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}
