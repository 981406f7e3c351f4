//! What is wrong with a run, from what its folder has kept.

use gan_training::guard::{Cure, Facts, Finding, TROUBLES, Trouble, Watches};
use gan_training::{Event, TrainingConfig};
use serde::Serialize;

/// The state of a run's health.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// Steps taken, as far as its events say.
    pub step: u64,
    /// Steps of the whole run.
    pub steps: u64,
    /// Reports and sample grids that there was to look at.
    pub looks: usize,
    /// What stands at the end, the most urgent first; empty for a healthy run.
    pub troubles: Vec<Diagnosed>,
}

/// A trouble that stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosed {
    /// Which.
    pub trouble: Trouble,
    /// The step that raised it.
    pub since_step: u64,
    /// The numbers that prove it.
    pub evidence: String,
    /// What may be behind it in this configuration, the likeliest first.
    pub causes: Vec<&'static str>,
    /// What to try.
    pub cure: Option<Advice>,
}

/// A cure of the table of troubles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What, in words.
    pub what: &'static str,
    /// Flags to add to the command that started the run.
    pub flags: &'static str,
}

/// Looks at the events of a run of configuration `config`, in their order, with the guard's own watches.
///
/// What came before a rollback does not count.
pub fn diagnose(config: &TrainingConfig, events: impl IntoIterator<Item = Event>) -> Diagnosis {
    let mut watches = Watches::new(Facts::of(config));
    let (mut last_step, mut looks, mut standing) = (0, 0, Vec::<Diagnosed>::new());
    for event in events {
        let step = step_of(&event).unwrap_or(last_step);
        last_step = step;
        looks += usize::from(matches!(event, Event::Vitals(_) | Event::SampleStats(_)));
        if let Event::RolledBack { .. } = event {
            watches = Watches::new(Facts::of(config));
            standing.clear();
        }
        for Finding { trouble, raised, message } in watches.look(&event) {
            standing.retain(|diagnosed| diagnosed.trouble != trouble);
            if raised {
                standing.push(Diagnosed::new(trouble, step, message, config));
            }
        }
    }
    let mut diagnosis =
        Diagnosis { step: last_step, steps: config.steps, looks, troubles: standing };
    diagnosis.sort();
    diagnosis
}

/// The step that an event is of, of those that a folder keeps.
fn step_of(event: &Event) -> Option<u64> {
    match event {
        Event::Begun { step, .. }
        | Event::Note { step, .. }
        | Event::RolledBack { step, .. }
        | Event::Ended { step, .. } => Some(*step),
        Event::Vitals(vitals) => Some(vitals.step),
        Event::SampleStats(stats) => Some(stats.step),
        Event::ClassCounts(counts) => Some(counts.step),
        Event::Evaluated(evaluated) => Some(evaluated.step),
        Event::Alarm(alarm) => Some(alarm.step),
        Event::NonFinite(non_finite) => Some(non_finite.step),
        _ => None,
    }
}

impl Advice {
    fn of(cure: &Cure) -> Self {
        Self { what: cure.what, flags: cure.flags }
    }
}

impl Diagnosed {
    /// `trouble`, which stands since `since_step` in a run of configuration `config`.
    pub fn new(
        trouble: Trouble,
        since_step: u64,
        evidence: String,
        config: &TrainingConfig,
    ) -> Self {
        let info = trouble.info();
        Self {
            trouble,
            since_step,
            evidence,
            causes: info.causes_in(config),
            cure: info.cure_for(config).map(Advice::of),
        }
    }
}

impl Diagnosis {
    /// Adds what else proves a trouble: more evidence of one that stands, or another one.
    pub fn add(&mut self, found: Diagnosed) {
        let standing = self.troubles.iter_mut().find(|other| other.trouble == found.trouble);
        match standing {
            Some(standing) => standing.evidence += &format!("; {}", found.evidence),
            None => self.troubles.push(found),
        }
        self.sort();
    }

    /// The most urgent first.
    fn sort(&mut self) {
        let rank = |trouble: Trouble| TROUBLES.iter().position(|info| info.trouble == trouble);
        self.troubles.sort_by_key(|diagnosed| rank(diagnosed.trouble));
    }

    /// Whether nothing stands.
    pub fn is_healthy(&self) -> bool {
        self.troubles.is_empty()
    }
}
