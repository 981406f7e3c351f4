//! One metric, measured while a run trains: its values, and the best of them so far.

use std::path::PathBuf;

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_metrics::{Measurement, Need, Sizes, Suite};
use gan_model::Snapshot;
use gan_run::{EvaluationConfig, RunDir, names};

use crate::cache::FeatureCache;
use crate::choice::ExtractorChoice;
use crate::error::EvaluationError;
use crate::evaluator::{EvaluationSettings, Evaluator};
use crate::name::MetricName;
use crate::progress::Progress;
use crate::subject::Subject;

/// An evaluator that stands ready beside a run.
pub struct TrainingEvaluation {
    /// What is measured.
    pub metric: MetricName,
    /// Whether the best snapshot so far is kept.
    pub keep_best: bool,
    evaluator: Evaluator,
    suite: Suite,
    threads: rayon::ThreadPool,
    baseline: Option<f64>,
    /// Step and value of the best evaluation so far.
    best: Option<(u64, f64)>,
}

impl TrainingEvaluation {
    /// Refuses what cannot be measured on `data`, and gives the name of what can.
    ///
    /// # Errors
    /// If there is no such metric or extractor, or too few images.
    pub fn check(
        config: &EvaluationConfig,
        data: &ImageSet,
    ) -> Result<MetricName, EvaluationError> {
        let unmeasurable = |problem| {
            let metric = config.metric.clone();
            EvaluationError::Unmeasurable { metric, problem }
        };
        let metric: MetricName = config.metric.parse().map_err(unmeasurable)?;
        metric.check(data)?;
        let has_baseline = metric.samples <= data.len() / 2;
        if config.keep_best && metric.better().loss(0.0, None).is_none() && !has_baseline {
            return Err(unmeasurable(format!(
                "the best is the nearest to that of as many other real images, of which there are \
                 too few: at most {} samples",
                data.len() / 2
            )));
        }
        Ok(metric)
    }

    /// Opens the extractor and computes the features of real images, on `threads` threads. Measures
    /// them once in place of samples: what has no answer is refused before the run begins.
    ///
    /// # Errors
    /// As [`TrainingEvaluation::check`], and if the metric has no answer.
    pub fn open(
        config: &EvaluationConfig,
        data: &ImageSet,
        device: &Device,
        threads: usize,
        cache: FeatureCache,
        progress: &(dyn Progress + Sync),
    ) -> Result<Self, EvaluationError> {
        let metric = Self::check(config, data)?;
        let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let (evaluator, suite, baseline) = threads.install(|| {
            let settings =
                EvaluationSettings { samples: metric.samples, seed: 0, sizes: Sizes::MustAgree };
            let extractor = ExtractorChoice::named(metric.features_of(data)).open(data, device)?;
            let evaluator = Evaluator::new(extractor, device.clone(), settings, data, cache)?;
            let reference = match metric.row().needs {
                Need::Training | Need::HeldOut => evaluator.reference(data, progress)?,
                _ => evaluator.reference_alone(data, progress)?,
            };
            let suite = evaluator.suite(&reference, 0)?;
            let own = evaluator.measure_one(&suite, &reference.real, &metric.metric)?;
            let baseline = own.baseline.map(|baseline| baseline.value);
            Ok::<_, EvaluationError>((evaluator, suite, baseline))
        })?;
        let keep_best = config.keep_best;
        Ok(Self { metric, keep_best, evaluator, suite, threads, baseline, best: None })
    }

    /// The number of a snapshot, the same as `gan evaluate` prints.
    ///
    /// # Errors
    /// If it has no answer.
    pub fn measure(&self, snapshot: Snapshot) -> Result<Measurement, EvaluationError> {
        self.threads.install(|| {
            let device = self.evaluator.device();
            let subject = Subject::snapshot(PathBuf::from(names::BEST), snapshot, device)?;
            let fakes = self.evaluator.extract(&subject, &())?;
            self.evaluator.measure_one(&self.suite, &fakes, &self.metric.metric)
        })
    }

    /// Takes note of a value after `step`, and says whether it is the best so far.
    pub fn is_best(&mut self, step: u64, value: f64) -> bool {
        let better = self.metric.better();
        let is_best = self
            .best
            .is_none_or(|(_, best)| better.prefers(value, best, self.baseline) == Some(true));
        if is_best {
            self.best = Some((step, value));
        }
        is_best
    }

    /// Remembers what the statistics of `run` say of the evaluations so far.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn remember(&mut self, run: &RunDir) -> Result<(), EvaluationError> {
        let name = self.metric.to_string();
        for evaluation in run.evaluations()? {
            for metric in evaluation.metrics.iter().filter(|metric| metric.name == name) {
                self.is_best(evaluation.step, metric.value);
            }
        }
        // A file of another step is of one after the checkpoint, and will be made again; or it is of
        // another number, and the next evaluation takes its place.
        let kept = Snapshot::open(run.file(names::BEST)).ok().map(|kept| kept.info().step);
        if self.keep_best && self.best.map(|(step, _)| step) != kept {
            self.best = None;
        }
        Ok(())
    }

    /// Step and value of the best evaluation so far.
    #[must_use]
    pub fn best(&self) -> Option<(u64, f64)> {
        self.best
    }
}
