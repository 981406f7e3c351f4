//! The watches together: events in, changes of alarms out. The guard feeds them while a run trains, the
//! doctor with what its folder has kept.

use super::collapse::Collapse;
use super::gradient::Gradient;
use super::hysteresis::{Change, Hysteresis};
use super::memorisation::Memorisation;
use super::missing_class::MissingClass;
use super::oscillation::Oscillation;
use super::progress::Progress;
use super::saturation::Saturation;
use super::troubles::Trouble;
use crate::config::TrainingConfig;
use crate::loss::Loss;
use crate::run::Event;

/// What watches need to know of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// What the two networks minimise.
    pub loss: Loss,
    /// Steps of the whole run.
    pub steps: u64,
    /// Real images in an update.
    pub batch_size: usize,
}

/// One watch: looks for one trouble.
pub(super) trait Watch {
    /// For which.
    fn trouble(&self) -> Trouble;

    /// Looks in a row that raise an alarm.
    fn raise_after(&self) -> u32;

    /// Looks at an event; none if it says nothing of this trouble.
    fn look(&mut self, event: &Event, facts: &Facts) -> Option<Look>;
}

/// What a watch saw.
pub(super) struct Look {
    /// Whether the trouble was there.
    pub(super) holds: bool,
    /// The evidence in numbers.
    pub(super) message: String,
}

/// An alarm that was raised or taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Of which trouble.
    pub trouble: Trouble,
    /// Whether it was raised; otherwise it was taken back.
    pub raised: bool,
    /// The evidence in numbers.
    pub message: String,
}

/// Every watch of a run.
pub struct Watches {
    facts: Facts,
    watches: Vec<(Box<dyn Watch + Send>, Hysteresis)>,
}

impl Facts {
    /// Those of a run with this configuration.
    pub fn of(config: &TrainingConfig) -> Self {
        Self { loss: config.loss, steps: config.steps, batch_size: config.batch_size }
    }
}

impl Watches {
    /// All of them, before the first event.
    pub fn new(facts: Facts) -> Self {
        let watches: Vec<Box<dyn Watch + Send>> = vec![
            Box::new(Collapse),
            Box::new(MissingClass),
            Box::new(Saturation),
            Box::new(Gradient::vanishing()),
            Box::new(Gradient::exploding()),
            Box::<Oscillation>::default(),
            Box::new(Memorisation),
            Box::<Progress>::default(),
        ];
        let with_hysteresis = |watch: Box<dyn Watch + Send>| {
            let hysteresis = Hysteresis::new(watch.raise_after());
            (watch, hysteresis)
        };
        Self { facts, watches: watches.into_iter().map(with_hysteresis).collect() }
    }

    /// Looks at an event.
    pub fn look(&mut self, event: &Event) -> Vec<Finding> {
        if let Event::NonFinite(non_finite) = event {
            let (trouble, message) = (Trouble::NonFinite, non_finite.to_string());
            return vec![Finding { trouble, raised: true, message }];
        }
        let mut findings = Vec::new();
        for (watch, hysteresis) in &mut self.watches {
            let Some(Look { holds, message }) = watch.look(event, &self.facts) else { continue };
            let (trouble, change) = (watch.trouble(), hysteresis.look(holds));
            if change != Change::None {
                findings.push(Finding { trouble, raised: change == Change::Raised, message });
            }
        }
        findings
    }
}
