//! A number that is measured while a run trains: which one, and the best of it so far.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_metrics::{Better, METRICS, Measurement, Metric, Need, measurement_name};
use gan_model::Snapshot;
use gan_run::{EvaluationConfig, RunDir, names};
use gan_training::Trainer;
use indicatif::ProgressBar;

use crate::commands::evaluate::Subject;
use crate::evaluation::{self, Evaluator, Reference};
use crate::failure::Failure;
use crate::metric_table::number;
use crate::{extractors, machine};

/// What is measured while a run trains, as `config.json` keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchConfig {
    /// The number.
    pub metric: MetricName,
    /// Whether the best snapshot so far is kept.
    pub keep_best: bool,
}

impl WatchConfig {
    /// What a run's configuration asks for.
    pub fn parse(
        EvaluationConfig { metric, keep_best }: &EvaluationConfig,
    ) -> Result<Self, Failure> {
        let metric = metric
            .parse()
            .map_err(|error| Failure::usage(format!("evaluation.metric: {error}")))?;
        Ok(Self { metric, keep_best: *keep_best })
    }

    /// Refuses what cannot be measured on `data`.
    pub fn check(&self, data: &ImageSet) -> Result<(), Failure> {
        self.metric.check(data)?;
        let has_baseline = self.metric.samples <= data.len() / 2;
        if self.keep_best && self.metric.better() == Better::AsBaseline && !has_baseline {
            return Err(Failure::usage(format!(
                "--keep-best: the best {} is the nearest to that of as many other real images, of \
                 which there are too few",
                self.metric
            ))
            .hint(format!("at most {} samples", data.len() / 2)));
        }
        Ok(())
    }
}

impl From<WatchConfig> for EvaluationConfig {
    fn from(WatchConfig { metric, keep_best }: WatchConfig) -> Self {
        Self { metric: metric.to_string(), keep_best }
    }
}

/// The name of a number, as in `fd_mnistcnn_10k`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricName {
    metric: String,
    extractor: String,
    samples: usize,
}

/// An evaluator that stands ready beside a run.
pub struct Watch {
    /// What it measures.
    pub config: WatchConfig,
    evaluator: Evaluator,
    reference: Reference,
    threads: rayon::ThreadPool,
    /// Step and value of the best evaluation so far.
    best: Option<(u64, f64)>,
}

impl Watch {
    /// Opens the extractor and computes the features of real images. Measures them once in place of
    /// samples: what has no answer is refused before the run begins.
    pub fn open(
        config: WatchConfig,
        data: &ImageSet,
        device: &Device,
        threads: Option<usize>,
    ) -> Result<Self, Failure> {
        let MetricName { metric, extractor, samples } = &config.metric;
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.unwrap_or_else(machine::cores))
            .build()
            .map_err(|error| Failure::new(format!("no threads to evaluate on: {error}")))?;
        let (evaluator, reference) = threads.install(|| -> Result<_, Failure> {
            let evaluator = Evaluator::called(extractor, *samples, data, device.clone())?;
            let bar = evaluation::progress();
            let reference = match Metric::named(metric).map(|row| row.needs) {
                Some(Need::Training | Need::HeldOut) => evaluator.reference(data, &bar)?,
                _ => evaluator.reference_alone(data, &bar)?,
            };
            bar.finish_and_clear();
            evaluator.measure_one(&reference, &reference.real, metric)?;
            Ok((evaluator, reference))
        })?;
        Ok(Self { config, evaluator, reference, threads, best: None })
    }

    /// The number of a snapshot, the same as `gan evaluate` prints.
    pub fn measure(&self, snapshot: Snapshot) -> Result<Measurement, Failure> {
        let subject = Subject::Snapshot { path: PathBuf::from(names::BEST), snapshot };
        self.threads.install(|| {
            let fakes = subject.extract(&self.evaluator, &ProgressBar::hidden())?;
            self.evaluator.measure_one(&self.reference, &fakes, &self.config.metric.metric)
        })
    }

    /// How long one evaluation of `trainer`'s generator takes.
    pub fn time(&self, trainer: &Trainer, version: &str) -> Result<Duration, Failure> {
        let start = Instant::now();
        self.measure(trainer.snapshot(version))?;
        Ok(start.elapsed())
    }

    /// Takes note of a value, and says whether it is the best so far.
    pub fn is_best(&mut self, step: u64, measured: &Measurement) -> bool {
        let baseline = measured.baseline.as_ref().map(|it| it.value);
        let value = measured.estimate.value;
        let better = self.config.metric.better();
        let is_best =
            self.best.is_none_or(|(_, best)| better.prefers(value, best, baseline) == Some(true));
        if is_best {
            self.best = Some((step, value));
        }
        is_best
    }

    /// Remembers what `stats.jsonl` in `run` says of the evaluations so far.
    pub fn remember(&mut self, run: &RunDir) -> Result<(), Failure> {
        let evaluations = run.evaluations()?;
        if evaluations.is_empty() {
            return Ok(());
        }
        let name = self.config.metric.to_string();
        let better = self.config.metric.better();
        let baseline = self.baseline()?;
        let values = evaluations.iter().flat_map(|evaluation| {
            let named = evaluation.metrics.iter().filter(|metric| metric.name == name);
            named.map(|metric| (evaluation.step, metric.value))
        });
        for (step, value) in values {
            if self.best.is_none_or(|(_, best)| better.prefers(value, best, baseline) == Some(true))
            {
                self.best = Some((step, value));
            }
        }
        // A file of another step is of one after the checkpoint, and will be made again; or it is of
        // another number, and the next evaluation takes its place.
        let kept = Snapshot::open(run.file(names::BEST)).ok().map(|kept| kept.info().step);
        if self.config.keep_best && self.best.map(|(step, _)| step) != kept {
            self.best = None;
        }
        Ok(())
    }

    /// The best evaluation so far, in a line.
    pub fn describe_best(&self) -> Option<String> {
        let (step, value) = self.best?;
        Some(format!("best {}: {} after step {step}", self.config.metric, number(value)))
    }

    /// What it does, in a line.
    pub fn describe(&self, every: u64) -> String {
        let kept = if self.config.keep_best {
            format!(", the best in {}", names::BEST)
        } else {
            String::new()
        };
        format!("measuring {} every {every} steps{kept}", self.config.metric)
    }

    /// The number of other real images in place of samples.
    fn baseline(&self) -> Result<Option<f64>, Failure> {
        let metric = &self.config.metric.metric;
        let measure = || self.evaluator.measure_one(&self.reference, &self.reference.real, metric);
        Ok(self.threads.install(measure)?.baseline.map(|it| it.value))
    }
}

impl MetricName {
    /// What is measured unless a flag says something else.
    pub fn usual(data: &ImageSet) -> Self {
        Self {
            metric: "fd".to_owned(),
            extractor: extractors::usual_extractor(data.shape()).to_owned(),
            samples: extractors::usual_samples(data),
        }
    }

    /// Which of two values is to be preferred.
    fn better(&self) -> Better {
        Metric::named(&self.metric).map_or(Better::AsBaseline, |row| row.better)
    }

    /// Refuses what cannot be measured on `data`.
    fn check(&self, data: &ImageSet) -> Result<(), Failure> {
        let wrong = |problem: String| Failure::usage(format!("--metric {self}: {problem}"));
        let hint = format!("on these images, for example --metric {}", Self::usual(data));
        if self.extractor == "mnistcnn" && data.shape() != [1, 28, 28] {
            let problem = "the extractor mnistcnn is for grey images of 28 × 28";
            return Err(wrong(problem.to_owned()).hint(hint));
        }
        let needs = Metric::named(&self.metric).map(|row| row.needs);
        let is_of_classes = matches!(needs, Some(Need::Classes | Need::Labels));
        if is_of_classes && self.extractor == "pixels" {
            return Err(wrong("that takes a classifier, and pixels is none".to_owned()).hint(hint));
        }
        if self.samples > data.len() {
            let problem = format!("{} has only {} images", data.name(), data.len());
            return Err(wrong(problem).hint(hint));
        }
        Ok(())
    }
}

impl std::fmt::Display for MetricName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&measurement_name(&self.metric, &self.extractor, self.samples))
    }
}

impl std::str::FromStr for MetricName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const SHAPE: &str = "write METRIC_EXTRACTOR_SAMPLES, such as fd_mnistcnn_10k";
        let (rest, samples) = text.rsplit_once('_').ok_or(SHAPE)?;
        let (metric, extractor) = rest.rsplit_once('_').ok_or(SHAPE)?;
        if Metric::named(metric).is_none() {
            let names = METRICS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
            return Err(format!("there is no metric `{metric}`, only {names}; {SHAPE}"));
        }
        if !["mnistcnn", "pixels"].contains(&extractor) {
            return Err(format!(
                "the extractor `{extractor}` cannot be used in training, only mnistcnn and pixels"
            ));
        }
        let (digits, unit) = match samples.strip_suffix('k') {
            Some(digits) => (digits, 1000),
            None => (samples, 1),
        };
        let samples = digits.parse::<usize>().ok().and_then(|count| count.checked_mul(unit));
        let samples = samples
            .filter(|&count| count > 0)
            .ok_or_else(|| "the number of samples comes last: 500, 2500, 10k".to_owned())?;
        Ok(Self { metric: metric.to_owned(), extractor: extractor.to_owned(), samples })
    }
}
