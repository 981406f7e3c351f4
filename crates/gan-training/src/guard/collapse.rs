//! Mode collapse: nearly the same image for every latent.

use super::troubles::Trouble;
use super::watch::{Facts, Look, Watch};
use crate::run::Event;

/// The spread of the samples, relative to that of real images, below which they are too alike.
const MIN_SPREAD: f64 = 0.3;

/// Samples that come apart so much faster from one grid to the next are on their way: a generator is still
/// learning, or its average lags behind.
const GROWING: f64 = 1.1;

#[derive(Default)]
pub(super) struct Collapse {
    last_spread: Option<f64>,
}

impl Watch for Collapse {
    fn trouble(&self) -> Trouble {
        Trouble::ModeCollapse
    }

    fn raise_after(&self) -> u32 {
        2
    }

    fn look(&mut self, event: &Event, facts: &Facts) -> Option<Look> {
        let Event::SampleStats(stats) = event else { return None };
        let last_spread = self.last_spread.replace(stats.spread);
        // A generator begins with images that are all alike.
        if !facts.has_had_a_chance(stats.step) {
            return None;
        }
        let is_growing = last_spread.is_some_and(|last| stats.spread > GROWING * last);
        let holds = stats.spread_high < MIN_SPREAD && !is_growing;
        let message = format!(
            "two samples differ {:.2} times as much as two real images (at most {:.2})",
            stats.spread, stats.spread_high
        );
        Some(Look { holds, message })
    }
}
