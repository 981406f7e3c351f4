//! Whether samples are copies of training images.

use crate::confidence::{Estimate, Halves, Resampling};
use crate::error::MetricError;
use crate::features::Features;
use crate::neighbours::{Neighbour, nearest, nearest_others};

/// The training image nearest to each sample: what to put beside the samples in a picture.
///
/// # Errors
/// [`MetricError::Dimensions`], [`MetricError::TooFewSamples`] without training images.
pub fn nearest_training_images(
    samples: &Features,
    training: &Features,
) -> Result<Vec<Neighbour>, MetricError> {
    MetricError::unless_enough("a nearest image", "the training set", training.len(), 1)?;
    Ok(nearest(samples, training, 1)?.into_iter().map(|found| found[0]).collect())
}

/// The fraction of samples that are no copies: those whose nearest training image is nearer to another
/// training image than to the sample. Alaa et al. 2022, "How Faithful is your Synthetic Data?", as
/// dgm-eval computes it. The training set is taken as it is, so the interval speaks of new samples.
///
/// Fresh real images do not score 1 (in a plane about a half), so read it beside the baseline.
///
/// # Errors
/// [`MetricError::Dimensions`], [`MetricError::TooFewSamples`] below 2 samples or training images.
pub fn authenticity(
    training: &Features,
    samples: &Features,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    for (what, set) in [("the training set", training), ("the fake set", samples)] {
        MetricError::unless_enough("authenticity", what, set.len(), 2)?;
    }
    let found = nearest_training_images(samples, training)?;
    let mut originals: Vec<usize> = found.iter().map(|found| found.index).collect();
    originals.sort_unstable();
    originals.dedup();
    let others = nearest_others(&originals, training);
    let authentic = |found: &Neighbour| {
        let at = originals.binary_search(&found.index).expect("every nearest image was searched");
        if others[at][0].squared_distance < found.squared_distance { u64::MAX } else { 0 }
    };
    let authentic: Vec<u64> = found.iter().map(authentic).collect();
    let halves = Halves::draw(samples.len(), resampling, 2);
    Ok(Estimate::share(&halves.shares(&authentic), samples.len()))
}
