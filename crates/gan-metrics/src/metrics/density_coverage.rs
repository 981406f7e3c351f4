//! Density and coverage (Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for Generative
//! Models").

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::confidence::{Estimate, Variance};
use crate::error::MetricError;
use crate::neighbours::distances::fold_distances;
use crate::neighbours::{Edge, Neighbourhood};

/// How densely fakes sit among the real samples, and how many real samples have fakes near them.
#[derive(Clone, Debug, PartialEq)]
pub struct DensityCoverage {
    /// Real balls around a fake, over `k`: about 1 for the same distribution, more where fakes crowd
    /// where the data is dense.
    pub density: Estimate,
    /// The share of real samples with a fake in their ball.
    pub coverage: Estimate,
}

/// Density and coverage with balls that reach to the `k`-th neighbour (5 in the paper), that
/// neighbour excluded: the authors' package `prdc` compares with `<`, and its numbers are the ones
/// to stand beside.
///
/// # Errors
/// [`MetricError::Dimensions`], [`MetricError::Setting`] for a `k` that the neighbourhoods were not
/// made for.
pub fn density_coverage(
    reals: &Neighbourhood,
    fakes: &Neighbourhood,
    k: usize,
) -> Result<DensityCoverage, MetricError> {
    let (real_set, fake_set) = (&reals.features, &fakes.features);
    reals.must_fit(fakes)?;
    let balls = reals.balls(k, Edge::Outside)?;
    let covered: Vec<AtomicU64> = (0..real_set.len()).map(|_| AtomicU64::new(0)).collect();
    let members = &fakes.halves.members;
    let start = |_| vec![0u32; balls.sets];
    let balls_around = fold_distances(fake_set, real_set, start, |around, fake, first, squared| {
        for (real, &squared) in (first..).zip(squared) {
            if balls.any(real, squared) {
                let holding = balls.holding(real, squared) & members[fake];
                covered[real].fetch_or(holding, Relaxed);
                for (set, around) in around.iter_mut().enumerate() {
                    *around += (holding >> set & 1) as u32;
                }
            }
        }
    });
    let covered: Vec<u64> = covered.into_iter().map(AtomicU64::into_inner).collect();
    let densities = (0..balls.sets).map(|set| {
        let fakes = members.iter().filter(|&members| members >> set & 1 == 1).count();
        let balls: u64 = balls_around.iter().map(|around| u64::from(around[set])).sum();
        balls as f64 / (k * fakes) as f64
    });
    let estimate = |values: &[f64]| Estimate::from_sets(values, Variance::OneOverN);
    Ok(DensityCoverage {
        density: estimate(&densities.collect::<Vec<_>>()).within(0.0, f64::INFINITY),
        coverage: estimate(&reals.halves.shares(&covered)).within(0.0, 1.0),
    })
}
