//! What a classifier says about samples: the class score (with a digit classifier: the MNIST score)
//! and the classes that occur.

use crate::confidence::{Estimate, Halves, Resampling, Variance};
use crate::error::MetricError;
use crate::features::Features;
use crate::metrics::categories::divergence;

/// A classifier's opinion of each sample: `[count, classes]`, rows that sum to 1, in f64.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassProbabilities {
    classes: usize,
    values: Vec<f64>,
}

impl ClassProbabilities {
    /// The softmax of `logits`, in f64.
    #[must_use]
    pub fn from_logits(logits: &Features) -> Self {
        let softmax = |row: &[f32]| {
            let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let above = |&logit: &f32| (f64::from(logit) - f64::from(largest)).exp();
            let sum: f64 = row.iter().map(above).sum();
            row.iter().map(|logit| above(logit) / sum).collect::<Vec<_>>()
        };
        let values = logits.values().chunks(logits.dim()).flat_map(softmax).collect();
        Self { classes: logits.dim(), values }
    }

    /// Rows that are probabilities already; what rounding left is scaled away.
    ///
    /// # Errors
    /// [`MetricError::NotProbabilities`] where a number is negative, or a sum is off by over 0.001.
    pub fn from_probabilities(probabilities: &Features) -> Result<Self, MetricError> {
        let classes = probabilities.dim();
        let mut values = Vec::with_capacity(probabilities.values().len());
        for (row, numbers) in probabilities.values().chunks(classes).enumerate() {
            let sum: f64 = numbers.iter().map(|&x| f64::from(x)).sum();
            if (sum - 1.0).abs() > 1e-3 || numbers.iter().any(|&x| x < 0.0) {
                return Err(MetricError::NotProbabilities { row, sum });
            }
            values.extend(numbers.iter().map(|&x| f64::from(x) / sum));
        }
        Ok(Self { classes, values })
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.classes
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The probabilities of one sample.
    ///
    /// # Panics
    /// As slices do, if there is no such sample.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.classes..(index + 1) * self.classes]
    }

    /// The samples at `indices`.
    pub(crate) fn select(&self, indices: &[usize]) -> Self {
        let values = indices.iter().flat_map(|&index| self.row(index)).copied().collect();
        Self { classes: self.classes, values }
    }

    /// The likeliest class of each sample (of equals the first).
    #[must_use]
    pub fn predictions(&self) -> Vec<usize> {
        let likeliest = |row: &[f64]| {
            (1..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best })
        };
        self.values.chunks(self.classes).map(likeliest).collect()
    }
}

/// `exp(E KL(p(y|x) ‖ p(y)))`: between 1 (all samples look alike, or none looks like anything) and
/// the number of classes (each sample is clearly of one class, all classes are as frequent).
/// Salimans et al. 2016, "Improved Techniques for Training GANs", with the digit classifier of
/// TF-GAN's MNIST example in place of Inception.
///
/// # Errors
/// [`MetricError::TooFewSamples`] below 2 samples.
pub fn class_score(
    samples: &ClassProbabilities,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    MetricError::unless_enough("the class score", "the set", samples.len(), 2)?;
    let halves = Halves::draw(samples.len(), resampling, 2);
    let scores: Vec<f64> =
        (0..halves.sets).map(|set| score_of(samples, &halves.indices(set))).collect();
    Ok(Estimate::from_sets(&scores, Variance::OneOverN).within(1.0, samples.classes as f64))
}

/// The fraction of samples whose likeliest class is the one in `labels`: of a conditional generator,
/// those that show what was asked for.
///
/// # Errors
/// [`MetricError::TooFewSamples`] below 2 samples or labels.
pub fn class_accuracy(
    samples: &ClassProbabilities,
    labels: &[usize],
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    let right: Vec<bool> =
        samples.predictions().iter().zip(labels).map(|(found, label)| found == label).collect();
    MetricError::unless_enough("the accuracy", "the set with labels", right.len(), 2)?;
    let halves = Halves::draw(right.len(), resampling, 2);
    let share = |set| {
        let members = halves.indices(set);
        members.iter().filter(|&&index| right[index]).count() as f64 / members.len() as f64
    };
    let shares: Vec<f64> = (0..halves.sets).map(share).collect();
    Ok(Estimate::share(&shares, right.len()))
}

fn score_of(samples: &ClassProbabilities, members: &[usize]) -> f64 {
    let count = members.len() as f64;
    let mut shares = vec![0.0; samples.classes];
    for &index in members {
        shares.iter_mut().zip(samples.row(index)).for_each(|(share, p)| *share += p / count);
    }
    let divergences = members.iter().map(|&index| divergence(samples.row(index), &shares));
    (divergences.sum::<f64>() / count).exp()
}
