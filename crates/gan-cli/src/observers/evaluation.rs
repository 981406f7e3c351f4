//! Evaluation during training.

use std::sync::Arc;
use std::time::Instant;

use gan_collective::Collective;
use gan_evaluation::{EvaluationPart, TrainingEvaluation};
use gan_run::names;
use gan_training::{Evaluated, Event, Observer, ObserverError, Outbox, RunView};

use crate::failure::Failure;
use crate::metric_table::number;

/// Evaluates the generator when it is due, and tells the others.
pub struct Evaluation {
    evaluation: TrainingEvaluation,
    ranks: Arc<dyn Collective>,
}

/// What the other ranks do for it.
pub struct PartOfEvaluation {
    part: EvaluationPart,
    ranks: Arc<dyn Collective>,
}

impl Evaluation {
    /// What `evaluation` measures, on rank 0 of all `ranks`.
    pub fn new(evaluation: TrainingEvaluation, ranks: Arc<dyn Collective>) -> Self {
        Self { evaluation, ranks }
    }

    /// The best evaluation so far, in a line.
    pub fn describe_best(&self) -> Option<String> {
        let (step, value) = self.evaluation.best()?;
        Some(format!("best {}: {} after step {step}", self.evaluation.metric, number(value)))
    }

    /// What it does, in a line.
    pub fn describe(&self, every: u64) -> String {
        let kept = match self.evaluation.keep_best {
            true => format!(", the best in {}", names::BEST),
            false => String::new(),
        };
        format!("measuring {} every {every} steps{kept}", self.evaluation.metric)
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
        let measured = self.evaluation.measure(run.sampler(), &*self.ranks);
        let seconds = start.elapsed().as_secs_f64();
        let metric = self.evaluation.metric.to_string();
        let evaluated = match measured {
            Ok(measured) => Evaluated {
                step,
                metric,
                value: Some(measured.estimate.value),
                interval: measured.estimate.interval.map(|ends| [ends.low, ends.high]),
                baseline: measured.baseline.as_ref().map(|baseline| baseline.value),
                is_best: self.evaluation.is_best(step, measured.estimate.value),
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
                remark: Some(Failure::from(refusal).lines().collect::<Vec<_>>().join(" ")),
            },
        };
        outbox.tell(Event::Evaluated(evaluated));
        Ok(())
    }
}

impl PartOfEvaluation {
    /// On another rank than the first of all `ranks`.
    pub fn new(part: EvaluationPart, ranks: Arc<dyn Collective>) -> Self {
        Self { part, ranks }
    }
}

impl Observer for PartOfEvaluation {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        _: &mut Outbox,
    ) -> Result<(), ObserverError> {
        if let Event::EvaluationDue { .. } = event {
            // Rank 0 hears of what goes wrong here, and says it.
            let _ = self.part.extract(run.sampler(), &*self.ranks);
        }
        Ok(())
    }
}
