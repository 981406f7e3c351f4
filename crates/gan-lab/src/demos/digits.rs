//! What a generator of MNIST's digits covers, by the classifier that ships with the metrics.

use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_metrics::{
    Extractor, Features, Neighbourhood, PRECISION_RECALL_K, Resampling, precision_recall,
};
use gan_model::{SampleRequest, Sampler};

use crate::training::rows;
use crate::{Lab, LabError};

const CLASSES: usize = 10;
/// Images that are classified together.
const BATCH: usize = 250;

/// The classifier, and real digits to compare with.
pub(super) struct Digits {
    extractor: Extractor,
    reals: Neighbourhood,
    count: usize,
}

/// How samples fare.
pub(super) struct DigitScore {
    pub(super) precision: f64,
    pub(super) recall: f64,
    /// Digits with at least one sample.
    pub(super) classes: usize,
    /// Which digit is rarest, and its fraction of the samples.
    pub(super) rarest: (usize, f64),
}

impl Digits {
    /// Real digits of `data`, from its end on, as many as will be sampled.
    pub(super) fn new(lab: &Lab<'_>, data: &ImageSet) -> Result<Self, LabError> {
        let count = lab.choose(20, 500, 1_000);
        let extractor = Extractor::mnistcnn(lab.device)?;
        let first = data.len() - count;
        let indices: Vec<u32> = (first..data.len()).map(|index| index as u32).collect();
        let batch_of = |indices: &[u32]| data.batch(indices, lab.device);
        let batches = indices.chunks(BATCH).map(batch_of).collect::<Result<_, _>>()?;
        let (features, _) = features(&extractor, batches)?;
        let reals = Neighbourhood::of(&features, PRECISION_RECALL_K, Resampling::none(0), 1)?;
        Ok(Self { extractor, reals, count })
    }

    /// The same number of other real images, for a baseline.
    pub(super) fn of_reals(
        &self,
        data: &ImageSet,
        device: &Device,
    ) -> Result<DigitScore, LabError> {
        let indices: Vec<u32> = (0..self.count as u32).collect();
        let batches = indices.chunks(BATCH).map(|indices| data.batch(indices, device));
        self.score(batches.collect::<Result<_, _>>()?)
    }

    /// Samples of seeds from 0 on.
    pub(super) fn of_samples(&self, sampler: &Sampler) -> Result<DigitScore, LabError> {
        let images = sampler.images(&SampleRequest::seeds(0..self.count as u64))?;
        self.score(images.split(BATCH, 0))
    }

    fn score(&self, batches: Vec<Tensor<4>>) -> Result<DigitScore, LabError> {
        let (features, classes) = features(&self.extractor, batches)?;
        let fakes = Neighbourhood::of(&features, PRECISION_RECALL_K, Resampling::none(0), 2)?;
        let found = precision_recall(&self.reals, &fakes, PRECISION_RECALL_K)?;
        let mut counts = [0_usize; CLASSES];
        classes.iter().for_each(|&class| counts[class] += 1);
        let rarest = (0..CLASSES).min_by_key(|&class| counts[class]).unwrap_or(0);
        Ok(DigitScore {
            precision: found.precision.value,
            recall: found.recall.value,
            classes: counts.iter().filter(|&&count| count > 0).count(),
            rarest: (rarest, counts[rarest] as f64 / classes.len() as f64),
        })
    }
}

/// Features of the images, a row each, and their classes.
fn features(
    extractor: &Extractor,
    batches: Vec<Tensor<4>>,
) -> Result<(Features, Vec<usize>), LabError> {
    let (mut values, mut classes) = (Vec::new(), Vec::new());
    for batch in batches {
        let outputs = extractor.outputs(batch)?;
        values.extend(outputs.features.into_data().iter::<f32>());
        let logits = outputs.logits.expect("the digit classifier has logits");
        let [count, classes_of_it] = logits.dims();
        let logits = rows(logits.reshape([count, classes_of_it, 1, 1]));
        classes.extend(logits.chunks(classes_of_it).map(most_likely));
    }
    let count = classes.len();
    Ok((Features::new(count, values.len() / count, values)?, classes))
}

fn most_likely(logits: &[f32]) -> usize {
    let by_logit = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    by_logit.expect("a classifier has classes").0
}
