//! Mode collapse: nearly the same image for every latent.

use super::troubles::Trouble;
use super::watch::{Facts, Look, Watch};
use crate::run::Event;

/// The spread of the samples, relative to that of real images, below which they are too alike.
const MIN_SPREAD: f64 = 0.3;

pub(super) struct Collapse;

impl Watch for Collapse {
    fn trouble(&self) -> Trouble {
        Trouble::ModeCollapse
    }

    fn raise_after(&self) -> u32 {
        2
    }

    fn look(&mut self, event: &Event, facts: &Facts) -> Option<Look> {
        let Event::SampleStats(stats) = event else { return None };
        // A generator begins with images that are all alike.
        if !facts.has_had_a_chance(stats.step) {
            return None;
        }
        let holds = stats.spread_high < MIN_SPREAD;
        let message = format!(
            "two samples differ {:.2} times as much as two real images (at most {:.2})",
            stats.spread, stats.spread_high
        );
        Some(Look { holds, message })
    }
}
