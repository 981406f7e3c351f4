//! Discriminator saturation: it is sure of every image.

use super::troubles::Trouble;
use super::watch::{Facts, Look, Watch};
use crate::run::Event;

/// The discriminator is right more often than this, at the lower end of the interval.
const MIN_ACCURACY: f64 = 0.99;
/// The mean logits are farther apart than this.
const MIN_GAP: f64 = 12.0;
/// Standard deviations of the Wilson interval.
const Z: f64 = 3.0;

pub(super) struct Saturation;

impl Watch for Saturation {
    fn trouble(&self) -> Trouble {
        Trouble::DiscriminatorSaturation
    }

    fn raise_after(&self) -> u32 {
        3
    }

    fn look(&mut self, event: &Event, facts: &Facts) -> Option<Look> {
        let Event::Vitals(vitals) = event else { return None };
        if !facts.has_probabilities {
            return None;
        }
        let means = vitals.means;
        let accuracy = (means.real_accuracy + means.fake_accuracy) / 2.0;
        let images = 2.0 * (facts.batch_size as u64 * vitals.steps) as f64;
        let gap = means.real_logit - means.fake_logit;
        let holds = wilson_low(accuracy, images) > MIN_ACCURACY && gap > MIN_GAP;
        let message = format!(
            "the discriminator is right for {:.2} % of the images, logits {gap:.1} apart",
            100.0 * accuracy
        );
        Some(Look { holds, message })
    }
}

/// Lower end of the interval of a fraction (Wilson 1927).
fn wilson_low(fraction: f64, count: f64) -> f64 {
    let z2 = Z * Z / count;
    let spread = Z * (fraction * (1.0 - fraction) / count + z2 / (4.0 * count)).sqrt();
    (fraction + z2 / 2.0 - spread) / (1.0 + z2)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_interval_is_that_of_the_formula_in_python() {
        // n = 1000, p = .99, z = 3:
        // (p + z*z/(2*n) - z*math.sqrt(p*(1-p)/n + z*z/(4*n*n))) / (1 + z*z/n)
        assert!((super::wilson_low(0.99, 1000.0) - 0.975_265_554_970_550_5).abs() < 1e-12);
    }
}
