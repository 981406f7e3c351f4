//! How different the samples of one set are from each other.

use crate::confidence::{Estimate, Halves, Resampling, Variance};
use crate::error::MetricError;
use crate::features::Features;
use crate::neighbours::distances::fold_distances;

/// The mean Euclidean distance between two samples of the set: 0 for a collapsed generator.
///
/// # Errors
/// [`MetricError::TooFewSamples`] below 4 samples.
pub fn mean_pairwise_distance(
    samples: &Features,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    MetricError::unless_enough("the mean pairwise distance", "the set", samples.len(), 4)?;
    let halves = Halves::draw(samples.len(), resampling, 2);
    let bit = |row: usize, set: usize| (halves.members[row] >> set & 1) as f64;
    // A row's distances are summed over the members of all sets at once: zeros and ones, set after
    // set, for each sample.
    let members: Vec<f64> = (0..samples.len() * halves.sets)
        .map(|at| bit(at / halves.sets, at % halves.sets))
        .collect();
    let start = |_| vec![0.0; halves.sets];
    let sums = fold_distances(samples, samples, start, |sums: &mut Vec<f64>, _, first, squared| {
        let members = members[first * halves.sets..].chunks_exact(halves.sets);
        for (squared, members) in squared.iter().zip(members) {
            let distance = squared.sqrt();
            sums.iter_mut().zip(members).for_each(|(sum, member)| *sum += member * distance);
        }
    });
    let means = (0..halves.sets).map(|set| {
        let count = halves.indices(set).len() as f64;
        let sum: f64 = sums.iter().enumerate().map(|(row, sums)| bit(row, set) * sums[set]).sum();
        sum / (count * (count - 1.0))
    });
    Ok(Estimate::from_sets(&means.collect::<Vec<_>>(), Variance::OneOverN)
        .within(0.0, f64::INFINITY))
}
