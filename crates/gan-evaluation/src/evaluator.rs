//! An extractor on its device, and which images it looks at.

use std::ops::Range;

use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_metrics::{Extracted, Extractor, ExtractorId, Measurement, Metric, Sizes, Suite};
use gan_random::{Rng, Stream};
use gan_weights::NamedTensors;

use crate::cache::FeatureCache;
use crate::error::EvaluationError;
use crate::extraction::Extraction;
use crate::progress::Progress;
use crate::subject::Subject;

/// Images in memory at a time.
pub(crate) const BATCH: usize = 250;
/// Half of a set must have a covariance.
const FEWEST_SAMPLES: usize = 4;

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EvaluationSettings {
    /// Samples, and as many real images.
    pub samples: usize,
    /// First seed of the samples; what real images are chosen by.
    pub seed: u64,
    /// Whether sets of other sizes may be compared.
    pub sizes: Sizes,
}

impl EvaluationSettings {
    fn check(self) -> Result<(), EvaluationError> {
        let Self { samples, seed, .. } = self;
        if samples < FEWEST_SAMPLES {
            return Err(EvaluationError::TooFewSamples { samples, needed: FEWEST_SAMPLES });
        }
        match seed.checked_add(samples as u64 - 1) {
            Some(_) => Ok(()),
            None => Err(EvaluationError::Seeds { seed, samples }),
        }
    }
}

/// Measures subjects against real images with one extractor.
pub struct Evaluator {
    pub(crate) extraction: Extraction,
    pub(crate) device: Device,
    pub(crate) settings: EvaluationSettings,
    pub(crate) cache: FeatureCache,
    /// Classes of as many images of the data, drawn by the seed, where it has labels.
    drawn_labels: Option<Vec<usize>>,
}

impl Evaluator {
    /// Measures with `extractor`, which is on `device`, against `data`.
    ///
    /// # Errors
    /// For fewer samples than a metric can do with, or more than there are images or seeds.
    pub fn new(
        extractor: Extractor,
        device: Device,
        settings: EvaluationSettings,
        data: &ImageSet,
        cache: FeatureCache,
    ) -> Result<Self, EvaluationError> {
        settings.check()?;
        let EvaluationSettings { samples, seed, .. } = settings;
        if samples > data.len() {
            let (data, images) = (data.name().to_owned(), data.len());
            return Err(EvaluationError::TooManySamples { samples, data, images });
        }
        let drawn_labels = data.labels().map(|labels| {
            let order = Rng::new(seed).permutation(Stream::Evaluation, 2, data.len());
            order.iter().take(samples).map(|&index| labels[index as usize] as usize).collect()
        });
        let extraction = Extraction::new(extractor, data.modes(), &device)?;
        Ok(Self { extraction, device, settings, cache, drawn_labels })
    }

    /// Looks at samples alone, with `extractor`, which is on `device`.
    ///
    /// # Errors
    /// For fewer samples than a metric can do with, or more than there are seeds.
    pub fn of_samples(
        extractor: Extractor,
        device: Device,
        settings: EvaluationSettings,
    ) -> Result<Self, EvaluationError> {
        settings.check()?;
        let extraction = Extraction::new(extractor, None, &device)?;
        let cache = FeatureCache::new(None);
        Ok(Self { extraction, device, settings, cache, drawn_labels: None })
    }

    /// What turns images into features.
    #[must_use]
    pub fn extractor(&self) -> ExtractorId {
        self.extraction.extractor.id()
    }

    /// How much is measured.
    #[must_use]
    pub fn settings(&self) -> EvaluationSettings {
        self.settings
    }

    /// What images are looked at on.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// What is known of the samples of `subject`.
    ///
    /// # Errors
    /// If they cannot be drawn, or are none for this extractor.
    pub fn extract(
        &self,
        subject: &Subject,
        progress: &dyn Progress,
    ) -> Result<Extracted, EvaluationError> {
        progress.stage("drawing samples", self.count(subject) as u64);
        let tensors = self.tensors_of(subject, 0..self.count(subject), progress)?;
        self.read(subject, &[tensors])
    }

    /// What is seen in the samples of `subject` with those numbers.
    pub(crate) fn tensors_of(
        &self,
        subject: &Subject,
        numbers: Range<usize>,
        progress: &dyn Progress,
    ) -> Result<NamedTensors, EvaluationError> {
        let end = numbers.end;
        let batches =
            numbers.step_by(BATCH).map(|start| self.images(subject, start, BATCH.min(end - start)));
        self.extraction.tensors(batches, progress)
    }

    /// What all samples of `subject` say, in parts.
    pub(crate) fn read(
        &self,
        subject: &Subject,
        parts: &[NamedTensors],
    ) -> Result<Extracted, EvaluationError> {
        let labels = subject.classes().and_then(|classes| self.asked(classes));
        Ok(Extracted { labels, ..self.extraction.read(parts)? })
    }

    /// The samples of `subject` from number `first` on, at most `count`: `[batch, channels, height,
    /// width]`.
    ///
    /// # Errors
    /// If they cannot be drawn.
    pub fn images(
        &self,
        subject: &Subject,
        first: usize,
        count: usize,
    ) -> Result<Tensor<4>, EvaluationError> {
        let range = first..self.count(subject).min(first + count);
        match subject {
            Subject::Images(images) => Ok(images.batch(&self.chosen(images)[range], &self.device)?),
            Subject::Generator(generator) => {
                let seeds = range.clone().map(|at| self.settings.seed + at as u64);
                let classes = subject.classes().and_then(|classes| self.asked(classes));
                let images =
                    generator.images(seeds, classes.map(|classes| classes[range].to_vec()))?;
                Ok(images.to_device(&self.device))
            }
        }
    }

    /// Everything that can be measured, in the table's order; a metric that has no answer is left out,
    /// with a note.
    ///
    /// # Errors
    /// If the sets do not fit each other.
    pub fn measure_all(
        &self,
        suite: &Suite,
        fakes: &Extracted,
        progress: &dyn Progress,
    ) -> Result<Vec<Measurement>, EvaluationError> {
        let comparison = suite.compare(fakes)?;
        let metrics = comparison.metrics();
        progress.stage("measuring", metrics.len() as u64);
        let mut measured = Vec::new();
        for metric in metrics {
            match comparison.measure(metric) {
                Ok(numbers) => measured.extend(numbers),
                Err(refusal) => progress.note(&format!("left out: {}: {refusal}", metric.name)),
            }
            progress.advance(1);
        }
        Ok(measured)
    }

    /// The number called `metric` of `fakes`.
    ///
    /// # Errors
    /// If it cannot be measured here.
    pub fn measure_one(
        &self,
        suite: &Suite,
        fakes: &Extracted,
        metric: &str,
    ) -> Result<Measurement, EvaluationError> {
        let unknown = || EvaluationError::Unmeasurable {
            metric: metric.to_owned(),
            problem: "there is no such metric".to_owned(),
        };
        let row = Metric::named(metric).ok_or_else(unknown)?;
        let measured = suite.compare(fakes)?.measure(row)?;
        measured.into_iter().find(|measured| measured.metric == metric).ok_or_else(unknown)
    }

    /// Number of samples that `subject` has.
    pub(crate) fn count(&self, subject: &Subject) -> usize {
        match subject {
            Subject::Images(images) => self.settings.samples.min(images.len()),
            Subject::Generator(_) => self.settings.samples,
        }
    }

    /// Which of a set of images are measured; the seed chooses.
    fn chosen(&self, images: &ImageSet) -> Vec<u32> {
        let rng = Rng::new(self.settings.seed);
        let mut order = rng.permutation(Stream::Evaluation, 1, images.len());
        order.truncate(self.settings.samples);
        order
    }

    /// The class that each sample of a class-conditional generator is asked for: each class as often
    /// as the data has it, since real images are what the samples stand beside. None where the data
    /// has no labels that fit: then it is the seed's own class.
    fn asked(&self, classes: usize) -> Option<Vec<usize>> {
        let known = |labels: &&Vec<usize>| labels.iter().all(|&label| label < classes);
        let seeds = (0..self.settings.samples).map(|at| self.settings.seed + at as u64);
        Some(match self.drawn_labels.as_ref().filter(known) {
            Some(labels) => labels.clone(),
            None => seeds.map(|seed| (seed % classes as u64) as usize).collect(),
        })
    }
}
