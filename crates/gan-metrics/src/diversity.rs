//! How different the samples of one set are from each other.

use nalgebra::DMatrix;

use crate::distances::fold_distances;
use crate::interval::Halves;
use crate::{Estimate, Features, MetricError, Resampling};

/// The mean Euclidean distance between two samples of the set: 0 for a collapsed generator.
///
/// # Errors
/// [`MetricError::TooFewSamples`] below 4 samples.
pub fn mean_pairwise_distance(
    samples: &Features,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    MetricError::unless_enough("the mean pairwise distance", "the set", samples.len(), 4)?;
    let halves = Halves::draw(samples.len(), resampling, 11);
    let bit = |row: usize, set: usize| (halves.members[row] >> set & 1) as f64;
    // One row of the matrix for each set: its product with a row's distances is the row's sum over
    // the members of each.
    let members = DMatrix::from_fn(halves.sets, samples.len(), |set, row| bit(row, set));
    let start = |_| vec![0.0; halves.sets];
    let sums = fold_distances(samples, samples, start, |sums: &mut Vec<f64>, _, first, squared| {
        for (at, squared) in squared.iter().enumerate() {
            let distance = squared.sqrt();
            let members = members.column(first + at);
            sums.iter_mut().zip(members.iter()).for_each(|(sum, member)| *sum += member * distance);
        }
    });
    let means = (0..halves.sets).map(|set| {
        let count: f64 = members.row(set).sum();
        let sum: f64 = sums.iter().enumerate().map(|(row, sums)| bit(row, set) * sums[set]).sum();
        sum / (count * (count - 1.0))
    });
    Ok(Estimate::from_sets(&means.collect::<Vec<_>>()).within(0.0, f64::INFINITY))
}
