//! The watches of `gan_training::guard` over a run in a page.

use gan_training::guard::{Facts, Finding, Guard, GuardSettings, Watches};
use gan_training::{
    ClassCounts, Evaluated, Event, Every, NonFinite, Observer, Outbox, Report, StepValues, Trainer,
    TrainingConfig,
};
use serde::Serialize;

use crate::{LabError, Quality};

/// Steps between two looks at the losses, and between two at the samples: a reader does not wait for the
/// thousands of steps that presets have between their reports.
const REPORT_EVERY: Every = Every(100);
const SAMPLES_EVERY: Every = Every(500);
/// A page's run has no end; what comes after a tenth of a run comes after 1,000 steps here.
const STEPS: u64 = 10_000;

/// An alarm that was raised or taken back, with the sentences of the table of troubles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlarmLine {
    /// Steps taken.
    pub step: u64,
    /// Name of the trouble, such as `mode-collapse`.
    pub trouble: &'static str,
    /// Whether it was raised; otherwise it is no longer seen.
    pub raised: bool,
    /// What people see, in a sentence.
    pub seen: &'static str,
    /// The evidence in numbers.
    pub evidence: String,
    /// The first cure that would change anything in this run.
    pub cure: Option<&'static str>,
}

pub(crate) struct Alarms {
    /// Makes sums and distances of what it is told.
    guard: Guard<'static>,
    watches: Watches,
    lines: Vec<AlarmLine>,
    /// The config of the run, which decides what would cure it.
    config: TrainingConfig,
    measured: Option<u64>,
}

impl Alarms {
    pub(crate) fn new(config: &TrainingConfig) -> Self {
        let facts = Facts { steps: STEPS, ..Facts::of(config) };
        Self {
            guard: Guard::new(GuardSettings::default()),
            watches: Watches::new(facts),
            lines: Vec::new(),
            config: config.clone(),
            measured: None,
        }
    }

    /// Whether steps are to be read now, so that a report ends with this one.
    pub(crate) fn is_due(step: u64) -> bool {
        REPORT_EVERY.due(step)
    }

    /// Looks at the values of the latest steps.
    pub(crate) fn stepped(&mut self, values: &[StepValues], run: &Trainer) -> Result<(), LabError> {
        let step = run.step();
        self.tell(&Event::Steps { values: values.to_vec() }, run)?;
        if REPORT_EVERY.due(step) {
            self.tell(&Event::Report(Report { step, ..Report::default() }), run)?;
        }
        if SAMPLES_EVERY.due(step) {
            self.tell(&Event::SamplesDue { step }, run)?;
        }
        Ok(())
    }

    pub(crate) fn diverged(&mut self, non_finite: &NonFinite) {
        self.look(non_finite.step, &Event::NonFinite(non_finite.clone()));
    }

    /// Looks at a measurement, once at each step.
    pub(crate) fn measured(&mut self, quality: &Quality) {
        let Quality { step, metric, fd, baseline, counts, of_data } = quality.clone();
        if self.measured.replace(step) == Some(step) {
            return;
        }
        let evaluated = Evaluated {
            step,
            metric,
            value: Some(fd),
            interval: None,
            baseline: Some(baseline),
            is_best: false,
            seconds: 0.0,
            remark: None,
        };
        self.look(step, &Event::Evaluated(evaluated));
        self.look(step, &Event::ClassCounts(ClassCounts { step, counts, of_data }));
    }

    /// What was raised or taken back since the last call.
    pub(crate) fn take(&mut self) -> Vec<AlarmLine> {
        std::mem::take(&mut self.lines)
    }

    fn tell(&mut self, event: &Event, run: &Trainer) -> Result<(), LabError> {
        let mut outbox = Outbox::default();
        self.guard.observe(event, run, &mut outbox)?;
        for event in outbox.events() {
            self.look(run.step(), event);
        }
        Ok(())
    }

    fn look(&mut self, step: u64, event: &Event) {
        for Finding { trouble, raised, message } in self.watches.look(event) {
            let info = trouble.info();
            self.lines.push(AlarmLine {
                step,
                trouble: info.name,
                raised,
                seen: info.seen,
                evidence: message,
                cure: info.cure_for(&self.config).map(|cure| cure.what),
            });
        }
    }
}
