//! One metric, measured while a run trains: its values, and the best of them so far.

use burn::tensor::Device;
use gan_collective::Collective;
use gan_data::ImageSet;
use gan_metrics::{Extracted, Measurement, Need, Sizes, Suite};
use gan_model::{Generate, Sampler, Snapshot};
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
    part: EvaluationPart,
    suite: Suite,
    baseline: Option<f64>,
    /// Step and value of the best evaluation so far.
    best: Option<(u64, f64)>,
}

/// What every rank of a run does for an evaluation: its part of the samples, drawn and looked at. Rank 0 has
/// the rest in a [`TrainingEvaluation`].
pub struct EvaluationPart {
    evaluator: Evaluator,
    threads: rayon::ThreadPool,
}

impl EvaluationPart {
    /// Opens the extractor for what `config` measures on `data`, to look at samples on `threads` threads.
    ///
    /// # Errors
    /// As [`TrainingEvaluation::check`], and if the extractor cannot be opened.
    pub fn open(
        config: &EvaluationConfig,
        data: &ImageSet,
        device: &Device,
        threads: usize,
        cache: FeatureCache,
    ) -> Result<Self, EvaluationError> {
        let metric = TrainingEvaluation::check(config, data)?;
        let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let settings =
            EvaluationSettings { samples: metric.samples, seed: 0, sizes: Sizes::MustAgree };
        let choice = ExtractorChoice::named(metric.features_of(data));
        let evaluator = threads.install(|| {
            let extractor = choice.open(data, device)?;
            Evaluator::new(extractor, device.clone(), settings, data, cache)
        })?;
        Ok(Self { evaluator, threads })
    }

    /// This rank's part of the samples of `sampler`, which all `ranks` have alike; rank 0 gets what all parts
    /// say.
    ///
    /// # Errors
    /// On every rank if samples cannot be drawn on any.
    pub fn extract<G: Generate + Send + Sync + 'static>(
        &self,
        sampler: Sampler<G>,
        ranks: &dyn Collective,
    ) -> Result<Option<Extracted>, EvaluationError> {
        let subject = Subject::sampler("the run", sampler);
        self.threads.install(|| self.evaluator.extract_among(&subject, ranks))
    }
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
        let part = EvaluationPart::open(config, data, device, threads, cache)?;
        let EvaluationPart { evaluator, threads } = &part;
        let (suite, baseline) = threads.install(|| {
            let reference = match metric.row().needs {
                Need::Training | Need::HeldOut => evaluator.reference(data, progress)?,
                _ => evaluator.reference_alone(data, progress)?,
            };
            let suite = evaluator.suite(&reference, 0)?;
            let own = evaluator.measure_one(&suite, &reference.real, &metric.metric)?;
            let baseline = own.baseline.map(|baseline| baseline.value);
            Ok::<_, EvaluationError>((suite, baseline))
        })?;
        let keep_best = config.keep_best;
        Ok(Self { metric, keep_best, part, suite, baseline, best: None })
    }

    /// The number of a generator, the same as `gan evaluate` prints of its snapshot. The other `ranks` do
    /// their [`EvaluationPart`] of it at the same time.
    ///
    /// # Errors
    /// If it has no answer.
    pub fn measure<G: Generate + Send + Sync + 'static>(
        &self,
        sampler: Sampler<G>,
        ranks: &dyn Collective,
    ) -> Result<Measurement, EvaluationError> {
        let fakes = self.part.extract(sampler, ranks)?.expect("this is rank 0");
        let EvaluationPart { evaluator, threads } = &self.part;
        threads.install(|| evaluator.measure_one(&self.suite, &fakes, &self.metric.metric))
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
