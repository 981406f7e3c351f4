//! Evaluation during training.

use std::time::Instant;

use gan_training::{Evaluated, Event, Observer, ObserverError, Outbox, RunView};

use crate::VERSION;
use crate::watch::Watch;

/// Evaluates the generator when it is due, and tells the others.
pub struct Evaluation {
    watch: Watch,
}

impl Evaluation {
    /// What `watch` measures.
    pub fn new(watch: Watch) -> Self {
        Self { watch }
    }

    /// The best evaluation so far, in a line.
    pub fn describe_best(&self) -> Option<String> {
        self.watch.describe_best()
    }

    /// What it does, in a line.
    pub fn describe(&self, every: u64) -> String {
        self.watch.describe(every)
    }
}

impl Observer for Evaluation {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        let Event::EvaluationDue { step } = *event else { return Ok(()) };
        let start = Instant::now();
        let measured = self.watch.measure(run.snapshot(VERSION));
        let seconds = start.elapsed().as_secs_f64();
        let metric = self.watch.config.metric.to_string();
        let evaluated = match measured {
            Ok(measured) => Evaluated {
                step,
                metric,
                value: Some(measured.estimate.value),
                interval: measured.estimate.interval.map(|ends| [ends.low, ends.high]),
                baseline: measured.baseline.as_ref().map(|baseline| baseline.value),
                is_best: self.watch.is_best(step, &measured),
                seconds,
                remark: None,
            },
            Err(refusal) => Evaluated {
                step,
                metric,
                value: None,
                interval: None,
                baseline: None,
                is_best: false,
                seconds,
                remark: Some(refusal.lines().collect::<Vec<_>>().join(" ")),
            },
        };
        outbox.tell(Event::Evaluated(evaluated));
        Ok(())
    }
}
