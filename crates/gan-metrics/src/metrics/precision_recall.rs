//! Precision and recall (Kynkäänniemi et al. 2019, "Improved Precision and Recall Metric for
//! Assessing Generative Models").

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::confidence::{Estimate, Variance};
use crate::error::MetricError;
use crate::neighbours::distances::fold_distances;
use crate::neighbours::{Edge, Neighbourhood};

/// How many fakes look real, and how much of the real is covered by fakes.
#[derive(Clone, Debug, PartialEq)]
pub struct PrecisionRecall {
    /// The share of fakes that lie in the ball of some real sample.
    pub precision: Estimate,
    /// The share of real samples that lie in the ball of some fake.
    pub recall: Estimate,
}

/// Precision and recall with balls that reach to the `k`-th neighbour (3 in the paper), that
/// neighbour included: the paper's formula and code compare with `<=` (`prdc` compares with `<`, and
/// differs where samples coincide). Two samples of one distribution do not score 1, so read them
/// beside the baseline.
///
/// # Errors
/// [`MetricError::Dimensions`], [`MetricError::Setting`] for a `k` that the neighbourhoods were not
/// made for.
pub fn precision_recall(
    reals: &Neighbourhood,
    fakes: &Neighbourhood,
    k: usize,
) -> Result<PrecisionRecall, MetricError> {
    let (real_set, fake_set) = (&reals.features, &fakes.features);
    reals.must_fit(fakes)?;
    let (real_balls, fake_balls) = (reals.balls(k, Edge::Inside)?, fakes.balls(k, Edge::Inside)?);
    let recalled: Vec<AtomicU64> = (0..real_set.len()).map(|_| AtomicU64::new(0)).collect();
    let precise = fold_distances(
        fake_set,
        real_set,
        |_| 0,
        |bits, fake, first, squared| {
            for (real, &squared) in (first..).zip(squared) {
                if real_balls.any(real, squared) {
                    *bits |= real_balls.holding(real, squared);
                }
                if fake_balls.any(fake, squared) {
                    recalled[real].fetch_or(fake_balls.holding(fake, squared), Relaxed);
                }
            }
        },
    );
    let recalled: Vec<u64> = recalled.into_iter().map(AtomicU64::into_inner).collect();
    let share =
        |shares: Vec<f64>| Estimate::from_sets(&shares, Variance::OneOverN).within(0.0, 1.0);
    Ok(PrecisionRecall {
        precision: share(fakes.halves.shares(&precise)),
        recall: share(reals.halves.shares(&recalled)),
    })
}
