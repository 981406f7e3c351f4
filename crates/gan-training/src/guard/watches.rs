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
use super::watch::{Facts, Look, Watch};
use crate::run::Event;

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

impl Watches {
    /// All of them, before the first event.
    pub fn new(facts: Facts) -> Self {
        let watches: Vec<Box<dyn Watch + Send>> = vec![
            Box::<Collapse>::default(),
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
