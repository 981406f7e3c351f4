//! The real images of an evaluation.

use gan_data::ImageSet;
use gan_metrics::{Extracted, Extractor, Features, Reals, Resampling, Suite, SuiteSettings};
use gan_random::{Rng, Stream};
use gan_weights::{NamedTensors, sha256};

use crate::error::EvaluationError;
use crate::evaluator::{BATCH, Evaluator};
use crate::progress::Progress;

/// Images whose features are kept together: evaluations of other sizes begin with the same ones.
const BLOCK: usize = 1000;

/// Real images to measure against.
#[derive(Clone, Debug)]
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
    /// The suite that measures against `reference`, with `splits` behind each interval.
    ///
    /// # Errors
    /// If the sets do not fit each other.
    pub fn suite(&self, reference: &Reference, splits: usize) -> Result<Suite, EvaluationError> {
        let settings = SuiteSettings {
            sizes: self.settings.sizes,
            resampling: Resampling { splits, seed: self.settings.seed },
            ..SuiteSettings::default()
        };
        let reals = Reals {
            reference: reference.real.clone(),
            held_out: reference.held_out.clone(),
            training: Some(reference.training.clone()),
        };
        Ok(Suite::new(self.extractor(), reals, settings)?)
    }

    /// What is known of the real images in `data`, from the cache where it has been computed before.
    ///
    /// # Errors
    /// If the images are none for this extractor.
    pub fn reference(
        &self,
        data: &ImageSet,
        progress: &dyn Progress,
    ) -> Result<Reference, EvaluationError> {
        // Inception takes a second for a few images: copies are looked for among fewer.
        match self.extraction.extractor {
            Extractor::Inception(_) => self.reference_alone(data, progress),
            _ => self.reference_among(data, data.len(), progress),
        }
    }

    /// The same for metrics that do not look for copies: without the rest of the real images.
    ///
    /// # Errors
    /// As [`Evaluator::reference`].
    pub fn reference_alone(
        &self,
        data: &ImageSet,
        progress: &dyn Progress,
    ) -> Result<Reference, EvaluationError> {
        let count = self.settings.samples.saturating_mul(2).min(data.len());
        self.reference_among(data, count, progress)
    }

    /// From the first `count` images of the seed's order: reference, held-out, others.
    fn reference_among(
        &self,
        data: &ImageSet,
        count: usize,
        progress: &dyn Progress,
    ) -> Result<Reference, EvaluationError> {
        let samples = self.settings.samples;
        let rng = Rng::new(self.settings.seed);
        let mut order = rng.permutation(Stream::Evaluation, 0, data.len());
        order.truncate(count);
        progress.stage("features of real images", count as u64);
        let mut blocks = Vec::new();
        for indices in order.chunks(BLOCK) {
            blocks.push(self.block(data, indices, progress)?);
        }
        let mut all = self.extraction.read(&blocks)?;
        all.labels = data
            .labels()
            .map(|labels| order.iter().map(|&index| labels[index as usize] as usize).collect());
        let rows = |range: std::ops::Range<usize>| range.collect::<Vec<usize>>();
        let has_held_out = order.len() >= 2 * samples;
        let training = match has_held_out {
            true => [rows(0..samples), rows(2 * samples..order.len())].concat(),
            false => rows(0..order.len()),
        };
        Ok(Reference {
            real: all.select(&rows(0..samples)),
            held_out: has_held_out.then(|| all.select(&rows(samples..2 * samples))),
            training: all.features.select(&training),
            training_indices: training.iter().map(|&row| order[row]).collect(),
        })
    }

    fn block(
        &self,
        data: &ImageSet,
        indices: &[u32],
        progress: &dyn Progress,
    ) -> Result<NamedTensors, EvaluationError> {
        let key = self.key(data, indices)?;
        if let Some(cached) = self.cache.load(&key, &self.extraction.shapes(indices.len())) {
            progress.advance(indices.len() as u64);
            return Ok(cached);
        }
        let batches = indices.chunks(BATCH).map(|chunk| Ok(data.batch(chunk, &self.device)?));
        let tensors = self.extraction.tensors(batches, progress)?;
        self.cache.store(&key, &tensors);
        Ok(tensors)
    }

    /// What the features of these images are filed under: everything they follow from.
    fn key(&self, data: &ImageSet, indices: &[u32]) -> Result<String, EvaluationError> {
        let mut bytes = self.extraction.extractor.hash().as_bytes().to_vec();
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
