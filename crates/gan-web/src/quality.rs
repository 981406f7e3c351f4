//! How good the generated digits are, by the classifier that `gan evaluate` takes: the same reals, seeds
//! and formula, so that the numbers of the page are those of the command line.

use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_metrics::{Features, MnistCnn, Statistics, measurement_name};
use gan_model::SampleRequest;
use gan_random::{Rng, Stream};
use gan_training::Trainer;
use serde::Serialize;

use crate::LabError;

/// Samples, and as many real digits: what a page has the time for.
const SAMPLES: usize = 1_000;
/// Images at a time, as in `gan-evaluation`.
const BATCH: usize = 250;
const CLASSES: usize = 10;

/// A classifier, and what it makes of real digits.
pub struct Judge {
    classifier: MnistCnn,
    reals: Statistics,
    baseline: f64,
    of_data: Vec<f64>,
}

/// What it makes of generated ones.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Steps taken.
    pub step: u64,
    /// Name of the distance: `fd_mnistcnn_1k`.
    pub metric: String,
    /// The Fréchet distance of 1,000 samples from 1,000 real digits.
    pub fd: f64,
    /// That of 1,000 other real digits.
    pub baseline: f64,
    /// Samples that were taken for each digit.
    pub counts: Vec<u64>,
    /// Fraction of the data that is each digit.
    pub of_data: Vec<f64>,
}

impl Judge {
    /// With the classifier in `weights`, the file `mnistcnn.safetensors` of `gan-metrics`.
    ///
    /// # Errors
    /// If `data` are not digits with labels, or the file is no such classifier.
    pub fn new(weights: &[u8], data: &ImageSet) -> Result<Self, LabError> {
        let labels = data.labels().filter(|_| data.name() == "mnist").ok_or(LabError::NoDigits)?;
        let classifier = MnistCnn::from_bytes("mnistcnn.safetensors", weights, &Device::flex())?;
        let order = Rng::new(0).permutation(Stream::Evaluation, 0, data.len());
        let of = |indices: &[u32]| -> Result<Statistics, LabError> {
            let batches = indices.chunks(BATCH).map(|part| Ok(data.batch(part, &Device::flex())?));
            Ok(look(&classifier, batches)?.statistics)
        };
        let reals = of(&order[..SAMPLES])?;
        let baseline = reals.frechet_distance(&of(&order[SAMPLES..2 * SAMPLES])?)?;
        let mut of_data = vec![0.0; CLASSES];
        labels.iter().for_each(|&label| of_data[label as usize] += 1.0 / labels.len() as f64);
        Ok(Self { classifier, reals, baseline, of_data })
    }

    /// How good the generator of `run` is now.
    pub(crate) fn quality(&self, run: &Trainer) -> Result<Quality, LabError> {
        let sampler = run.sampler();
        let starts = (0..SAMPLES).step_by(BATCH);
        let batches = starts.map(|start| {
            let seeds = start as u64..(start + BATCH) as u64;
            Ok(sampler.images(&SampleRequest::seeds(seeds))?)
        });
        let seen = look(&self.classifier, batches)?;
        let mut counts = vec![0; CLASSES];
        seen.classes.iter().for_each(|&class| counts[class] += 1);
        Ok(Quality {
            step: run.step(),
            metric: measurement_name("fd", &self.classifier.description().name, SAMPLES),
            fd: self.reals.frechet_distance(&seen.statistics)?,
            baseline: self.baseline,
            counts,
            of_data: self.of_data.clone(),
        })
    }
}

/// What a classifier says of many images.
struct Seen {
    statistics: Statistics,
    classes: Vec<usize>,
}

fn look(
    classifier: &MnistCnn,
    batches: impl Iterator<Item = Result<Tensor<4>, LabError>>,
) -> Result<Seen, LabError> {
    let (mut features, mut classes) = (Vec::new(), Vec::new());
    for images in batches {
        let outputs = classifier.outputs(images?)?;
        features.extend(outputs.features.into_data().iter::<f32>());
        let logits = outputs.logits.expect("a classifier gives logits");
        classes.extend(logits.argmax(1).into_data().iter::<i64>().map(|class| class as usize));
    }
    let features = Features::new(classes.len(), MnistCnn::FEATURES, features)?;
    Ok(Seen { statistics: Statistics::of(&features)?, classes })
}
