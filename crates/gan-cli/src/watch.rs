//! A number that is measured while a run trains, and the best snapshot by it.

use std::path::Path;
use std::time::{Duration, Instant};

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_metrics::{Estimate, Measurement, Metric, Sizes, measurement_name};
use gan_training::Trainer;
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::better::is_better;
use crate::evaluation::{self, Evaluator, Reference};
use crate::failure::Failure;

/// What a run measures, as its configuration keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchConfig {
    /// Metric, extractor and samples: `fd_mnistcnn_10k`.
    pub metric: String,
    /// Whether the snapshot with the best number is kept.
    pub keep_best: bool,
}

/// The metric of a run, with the real images that it is measured against.
pub struct Watch {
    config: WatchConfig,
    metric: Metric,
    evaluator: Evaluator,
    reference: Reference,
    /// The best number so far.
    best: Option<Estimate>,
}

/// What a measurement says.
pub struct Watched {
    pub measurement: Measurement,
    /// Whether none before it was better.
    pub is_best: bool,
}

impl WatchConfig {
    /// The Fréchet distance of as many samples as the field takes, or as `data` has images for.
    pub fn usual(data: &ImageSet) -> Self {
        let extractor = evaluation::usual_extractor(data.shape());
        let samples = evaluation::usual_samples(data.len());
        Self { metric: measurement_name("fd", extractor, samples), keep_best: false }
    }

    /// Metric, extractor and number of samples.
    fn parts(&self) -> Result<(&str, &str, usize), Failure> {
        let refuse = || {
            Failure::usage(format!("--metric {}: no such metric", self.metric)).hint(
                "a name as `gan evaluate` prints it: metric, extractor, samples; such as \
                 fd_mnistcnn_10k, kid_pixels_2000, recall_mnistcnn_5k",
            )
        };
        let (rest, count) = self.metric.rsplit_once('_').ok_or_else(refuse)?;
        let (metric, extractor) = rest.rsplit_once('_').ok_or_else(refuse)?;
        let (digits, factor) = match count.strip_suffix('k') {
            Some(thousands) => (thousands, 1000),
            None => (count, 1),
        };
        let samples: Option<usize> = digits.parse().ok();
        let samples = samples.and_then(|count| count.checked_mul(factor)).ok_or_else(refuse)?;
        let known = matches!(extractor, "mnistcnn" | "pixels");
        match Metric::measuring(metric).filter(|_| known && samples > 1) {
            Some(_) => Ok((metric, extractor, samples)),
            None => Err(refuse()),
        }
    }
}

impl Watch {
    /// Looks at the real images of `data`, which takes seconds unless the cache knows them.
    ///
    /// # Errors
    /// If there is no such metric, or not for this data.
    pub fn new(config: &WatchConfig, data: &ImageSet, device: &Device) -> Result<Self, Failure> {
        let (metric, extractor, samples) = config.parts()?;
        let metric = Metric::measuring(metric).expect("`parts` has looked it up");
        let extractor = evaluation::extractor_called(extractor, None, data.shape(), device)?;
        let evaluator =
            Evaluator::with(extractor, device.clone(), samples, 0, Sizes::MustAgree, data)?;
        let bar = evaluation::progress();
        let reference = evaluator.reference(data, &bar)?;
        bar.finish_and_clear();
        Ok(Self { config: config.clone(), metric, evaluator, reference, best: None })
    }

    /// What is measured, such as `fd_mnistcnn_10k`.
    pub fn name(&self) -> &str {
        &self.config.metric
    }

    /// Whether the best snapshot is to be kept.
    pub fn keeps_best(&self) -> bool {
        self.config.keep_best
    }

    /// Measures what the generator draws now, from seeds that stay the same.
    pub fn measure(&mut self, trainer: &Trainer) -> Result<Watched, Failure> {
        let measurement = self.number(trainer)?;
        let is_best = match &self.best {
            None => true,
            Some(best) => is_better(&measurement, best).unwrap_or(false),
        };
        if is_best {
            self.best = Some(measurement.estimate);
        }
        Ok(Watched { measurement, is_best })
    }

    fn number(&self, trainer: &Trainer) -> Result<Measurement, Failure> {
        let hidden = ProgressBar::hidden();
        let config = &trainer.config().generator;
        let fakes = self.evaluator.of_generator(&trainer.generator(), config, &hidden)?;
        let numbers = self.evaluator.measure_one(&self.reference, &fakes, self.metric)?;
        let wanted = |number: &Measurement| number.name == self.config.metric;
        numbers.into_iter().find(wanted).ok_or_else(|| {
            Failure::usage(format!("--metric {}: not to be had for this data", self.config.metric))
        })
    }

    /// How long one measurement takes.
    pub fn time(&self, trainer: &Trainer) -> Result<Duration, Failure> {
        let started = Instant::now();
        self.number(trainer)?;
        Ok(started.elapsed())
    }

    /// Takes up the best number of an earlier part of the run, from its `stats.jsonl`.
    pub fn remember(&mut self, stats: &Path) {
        let text = std::fs::read_to_string(stats).unwrap_or_default();
        let key = format!("metric_best/{}", self.config.metric);
        let value = |line: &str| serde_json::from_str::<Value>(line).ok()?.get(&key)?.as_f64();
        let last = text.lines().filter_map(value).next_back();
        self.best = last.map(|value| Estimate { value, interval: None });
    }
}
