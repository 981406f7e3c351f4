//! Memorisation: samples that repeat training images.

use super::troubles::Trouble;
use super::watch::{Facts, Look, Watch};
use crate::run::Event;

/// How far `authenticity` may lie below that of held-out real images.
const MAX_SHORTFALL: f64 = 0.1;
/// The least `data_copying` statistic, which is about normal.
const MIN_Z: f64 = -3.0;

pub(super) struct Memorisation;

impl Watch for Memorisation {
    fn trouble(&self) -> Trouble {
        Trouble::Memorisation
    }

    fn raise_after(&self) -> u32 {
        1
    }

    fn look(&mut self, event: &Event, _: &Facts) -> Option<Look> {
        let Event::Evaluated(evaluated) = event else { return None };
        let value = evaluated.value?;
        if evaluated.metric.starts_with("authenticity") {
            let baseline = evaluated.baseline?;
            let message =
                format!("authenticity {value:.3}, {baseline:.3} for held-out real images");
            return Some(Look { holds: value < baseline - MAX_SHORTFALL, message });
        }
        let copying = evaluated.metric.starts_with("data_copying");
        let message = format!("the data-copying statistic is {value:.1}, about 0 for new images");
        copying.then_some(Look { holds: value < MIN_Z, message })
    }
}
