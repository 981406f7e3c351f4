//! Measuring sets of images: which real images, which extractor, how many, and what to say of it.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};
use gan_data::ImageSet;
use gan_metrics::{
    ClassProbabilities, Extracted, Extractor, ExtractorId, Features, Measurement, Metric,
    MetricError, Reals, Resampling, Sizes, Suite, SuiteSettings,
};
use gan_model::{Generate, GeneratorConfig, one_hot};
use gan_random::{Rng, Stream};
use gan_weights::{NamedTensors, sha256};
use indicatif::{ProgressBar, ProgressStyle};

use crate::extractors::{extractor_called, open_extractor, usual_samples};
use crate::failure::Failure;
use crate::feature_cache::FeatureCache;
use crate::flags::MeasuringArgs;

/// Images in memory at a time.
const BATCH: usize = 250;

/// An extractor on its device, and how many images it is to look at.
pub struct Evaluator {
    extractor: Extractor,
    device: Device,
    /// Samples, and as many real images.
    pub samples: usize,
    /// First seed of the samples; what real images are chosen by.
    pub seed: u64,
    /// Classes of as many images of the data, drawn by the seed, where it has labels.
    drawn_labels: Option<Vec<usize>>,
    sizes: Sizes,
}

/// Real images to measure against.
pub struct Reference {
    /// As many as there are samples.
    pub real: Extracted,
    /// As many others, whose numbers are the baseline.
    pub held_out: Option<Extracted>,
    /// All that samples could be copies of: every real image that is not held out.
    pub training: Features,
    /// Where each row of `training` is in the data.
    pub training_indices: Vec<u32>,
}

impl Evaluator {
    /// Opens the extractor that `args` name, for images of `data`.
    pub fn new(args: &MeasuringArgs, data: &ImageSet, device: Device) -> Result<Self, Failure> {
        let extractor = open_extractor(args, data.shape(), &device)?;
        let samples = args.samples.unwrap_or_else(|| usual_samples(data));
        let sizes = if args.force { Sizes::MayDiffer } else { Sizes::MustAgree };
        Self::with(extractor, device, samples, args.seed, sizes, data)
    }

    /// The first `samples` samples, seen by the extractor called `extractor`.
    pub fn called(
        extractor: &str,
        samples: usize,
        data: &ImageSet,
        device: Device,
    ) -> Result<Self, Failure> {
        let extractor = extractor_called(extractor, None, data.shape(), &device)?;
        Self::with(extractor, device, samples, 0, Sizes::MustAgree, data)
    }

    /// `samples` samples from seed `seed` on, measured with `extractor` against `data`.
    pub fn with(
        extractor: Extractor,
        device: Device,
        samples: usize,
        seed: u64,
        sizes: Sizes,
        data: &ImageSet,
    ) -> Result<Self, Failure> {
        if samples > data.len() {
            return Err(Failure::usage(format!(
                "--samples is {samples}, but {} holds {} images to compare with",
                data.name(),
                data.len()
            ))
            .hint(format!("give --samples {} or fewer", data.len() / 2)));
        }
        let drawn_labels = data.labels().map(|labels| {
            let order = Rng::new(seed).permutation(Stream::Evaluation, 2, data.len());
            order.iter().take(samples).map(|&index| labels[index as usize] as usize).collect()
        });
        Ok(Self { extractor, device, samples, seed, drawn_labels, sizes })
    }

    /// What turns the images into features.
    pub fn extractor(&self) -> ExtractorId {
        self.extractor.id()
    }

    /// Features of real images, from the cache where they have been computed before.
    pub fn reference(&self, data: &ImageSet, bar: &ProgressBar) -> Result<Reference, Failure> {
        self.reference_among(data, data.len(), bar)
    }

    /// The same for metrics that do not look for copies: without the rest of the real images.
    pub fn reference_alone(
        &self,
        data: &ImageSet,
        bar: &ProgressBar,
    ) -> Result<Reference, Failure> {
        self.reference_among(data, self.samples.saturating_mul(2).min(data.len()), bar)
    }

    /// From the first `count` images of the seed's order.
    fn reference_among(
        &self,
        data: &ImageSet,
        count: usize,
        bar: &ProgressBar,
    ) -> Result<Reference, Failure> {
        let mut order = Rng::new(self.seed).permutation(Stream::Evaluation, 0, data.len());
        order.truncate(count);
        let (real, rest) = order.split_at(self.samples);
        let (held_out, others) = match rest.len() >= self.samples {
            true => rest.split_at(self.samples),
            false => rest.split_at(0),
        };
        // Inception takes a second for a few images: copies are looked for among fewer.
        let others = match self.extractor {
            Extractor::Inception(_) => &[],
            _ => others,
        };
        bar.set_message("features of real images");
        bar.set_length(count as u64);
        let held_out = match held_out {
            [] => None,
            indices => Some(self.of_real(data, indices, bar)?),
        };
        let real_extracted = self.of_real(data, real, bar)?;
        let mut training = real_extracted.features.values().to_vec();
        if !others.is_empty() {
            training.extend_from_slice(self.of_real(data, others, bar)?.features.values());
        }
        let training_indices: Vec<u32> = real.iter().chain(others).copied().collect();
        let dim = real_extracted.features.dim();
        Ok(Reference {
            training: Features::new(training_indices.len(), dim, training)?,
            training_indices,
            real: real_extracted,
            held_out,
        })
    }

    fn of_real(
        &self,
        data: &ImageSet,
        indices: &[u32],
        bar: &ProgressBar,
    ) -> Result<Extracted, Failure> {
        let labels =
            data.labels().map(|all| indices.iter().map(|&i| all[i as usize] as usize).collect());
        let key = self.key(data, indices)?;
        let cache = FeatureCache::open();
        let features = ("features", [indices.len(), self.extractor.feature_dim()]);
        let shapes: Vec<_> = match self.extractor.classes() {
            Some(classes) => vec![features, ("logits", [indices.len(), classes])],
            None => vec![features],
        };
        let cached = cache.load(&key, &shapes);
        if let Some(tensors) = cached {
            bar.inc(indices.len() as u64);
            return Ok(Extracted { labels, ..extracted(&tensors)? });
        }
        let batches = indices.chunks(BATCH).map(|chunk| data.batch(chunk, &self.device));
        let tensors = self.outputs(batches, bar)?;
        cache.store(&key, &tensors);
        Ok(Extracted { labels, ..extracted(&tensors)? })
    }

    /// What `generator` draws from the seeds.
    pub fn of_generator(
        &self,
        generator: &impl Generate,
        config: &GeneratorConfig,
        bar: &ProgressBar,
    ) -> Result<Extracted, Failure> {
        bar.set_message("drawing samples");
        bar.set_length(self.samples as u64);
        bar.set_position(0);
        let batches = (0..self.samples)
            .step_by(BATCH)
            .map(|start| self.draw(generator, config, start..self.samples.min(start + BATCH)));
        Ok(Extracted { labels: self.asked(config), ..extracted(&self.outputs(batches, bar)?)? })
    }

    /// Samples number `range`.
    pub fn draw(
        &self,
        generator: &impl Generate,
        config: &GeneratorConfig,
        range: Range<usize>,
    ) -> Tensor<4> {
        let seeds: Vec<u64> = self.seeds().skip(range.start).take(range.len()).collect();
        let latents = config.latent_space().for_seeds(&seeds, &self.device);
        let labels = config.classes().zip(self.asked(config));
        let labels = labels.map(|(classes, asked)| one_hot(&asked[range], classes, &self.device));
        generator.generate(latents, labels)
    }

    /// The class that each sample of a conditional generator is asked for: each class as often as the data
    /// has it, since real images are what the samples stand beside; in turn where it has no labels.
    fn asked(&self, config: &GeneratorConfig) -> Option<Vec<usize>> {
        let classes = config.classes()?;
        let known = |labels: &&Vec<usize>| labels.iter().all(|&label| label < classes);
        Some(match self.drawn_labels.as_ref().filter(known) {
            Some(labels) => labels.clone(),
            None => self.seeds().map(|seed| (seed % classes as u64) as usize).collect(),
        })
    }

    /// A set of images made by any tool: as many of them as are asked for.
    pub fn of_images(&self, images: &ImageSet, bar: &ProgressBar) -> Result<Extracted, Failure> {
        bar.set_message("features of the samples");
        let chosen = self.chosen(images);
        bar.set_length(chosen.len() as u64);
        bar.set_position(0);
        let batches = chosen.chunks(BATCH).map(|chunk| images.batch(chunk, &self.device));
        Ok(extracted(&self.outputs(batches, bar)?)?)
    }

    /// Which of a set of images are measured; the seed chooses.
    pub fn chosen(&self, images: &ImageSet) -> Vec<u32> {
        let mut order = Rng::new(self.seed).permutation(Stream::Evaluation, 1, images.len());
        order.truncate(self.samples);
        order
    }

    /// What images are made and looked at on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The seeds of the samples.
    pub fn seeds(&self) -> Range<u64> {
        self.seed..self.seed.saturating_add(self.samples as u64)
    }

    /// All that can be measured of `fakes`; what refuses an answer is told and left out.
    pub fn measure(
        &self,
        reference: &Reference,
        fakes: &Extracted,
        bar: &ProgressBar,
    ) -> Result<Vec<Measurement>, Failure> {
        let suite = self.suite(reference, Resampling::default().splits)?;
        let comparison = suite.compare(fakes)?;
        let metrics = comparison.metrics();
        bar.set_length(metrics.len() as u64);
        bar.set_position(0);
        let mut measured = Vec::new();
        for metric in metrics {
            bar.set_message(metric.name);
            match comparison.measure(metric) {
                Ok(numbers) => measured.extend(numbers),
                Err(refusal) => bar.suspend(|| eprintln!("left out: {refusal}")),
            }
            bar.inc(1);
        }
        Ok(measured)
    }

    /// The number called `metric` alone, without an interval.
    pub fn measure_one(
        &self,
        reference: &Reference,
        fakes: &Extracted,
        metric: &str,
    ) -> Result<Measurement, Failure> {
        let missing = || Failure::new(format!("{metric} cannot be measured here"));
        let row = Metric::named(metric).ok_or_else(missing)?;
        let measured = self.suite(reference, 0)?.compare(fakes)?.measure(row)?;
        measured.into_iter().find(|measured| measured.metric == metric).ok_or_else(missing)
    }

    fn suite(&self, reference: &Reference, splits: usize) -> Result<Suite, Failure> {
        let settings = SuiteSettings {
            sizes: self.sizes,
            resampling: Resampling { splits, seed: self.seed },
            ..SuiteSettings::default()
        };
        let reals = Reals {
            reference: reference.real.clone(),
            held_out: reference.held_out.clone(),
            training: Some(reference.training.clone()),
        };
        Ok(Suite::new(self.extractor(), reals, settings)?)
    }

    fn outputs(
        &self,
        batches: impl Iterator<Item = Tensor<4>>,
        bar: &ProgressBar,
    ) -> Result<NamedTensors, Failure> {
        let (mut features, mut logits, mut count) = (Vec::new(), Vec::new(), 0);
        for batch in batches {
            let size = batch.dims()[0];
            let outputs = self.extractor.outputs(batch)?;
            features.extend(outputs.features.into_data().iter::<f32>());
            logits.extend(
                outputs
                    .logits
                    .into_iter()
                    .flat_map(|logits| logits.into_data().iter::<f32>().collect::<Vec<_>>()),
            );
            count += size;
            bar.inc(size as u64);
        }
        let matrix = |values: Vec<f32>| {
            let columns = values.len() / count.max(1);
            TensorData::new(values, [count, columns])
        };
        let mut tensors = NamedTensors::from([("features".to_owned(), matrix(features))]);
        if !logits.is_empty() {
            tensors.insert("logits".to_owned(), matrix(logits));
        }
        Ok(tensors)
    }

    /// What the features of these images are filed under: everything they follow from.
    fn key(&self, data: &ImageSet, indices: &[u32]) -> Result<String, Failure> {
        let mut bytes = self.extractor.hash().as_bytes().to_vec();
        bytes.extend(data.shape().iter().flat_map(|side| (*side as u64).to_le_bytes()));
        for &index in indices {
            match data.points() {
                Some(points) => bytes
                    .extend(points[index as usize].iter().flat_map(|value| value.to_le_bytes())),
                None => bytes.extend_from_slice(&data.image(index as usize)?),
            }
        }
        Ok(sha256(&bytes))
    }
}

/// The bar of a measurement, on a terminal.
pub fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:20} {pos}/{len} {msg}").expect("a fixed one");
    bar.with_style(style)
}

fn extracted(tensors: &NamedTensors) -> Result<Extracted, MetricError> {
    let matrix = |data: &TensorData| {
        let [count, dim] = [data.shape()[0], data.shape()[1]];
        Features::new(count, dim, data.iter::<f32>().collect())
    };
    let logits = tensors.get("logits").map(matrix).transpose()?;
    Ok(Extracted {
        classes: logits.as_ref().map(ClassProbabilities::from_logits),
        ..Extracted::of(matrix(&tensors["features"])?)
    })
}
