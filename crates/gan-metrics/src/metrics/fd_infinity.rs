//! The Fréchet distance that infinitely many fakes would have.
//!
//! A Fréchet distance from `N` fakes is too large by about `b / N`, with a `b` that depends on the
//! generator (Chong and Forsyth 2020, "Effectively Unbiased FID"). Measured for several `N`, the
//! line through the distances over `1 / N` meets `1 / N = 0` at FD∞. The reference stays whole, so
//! its own share of the bias remains.

use rayon::prelude::*;

use crate::chance::choose;
use crate::frechet::Gaussian;
use crate::interval::Halves;
use crate::{Estimate, Features, MetricError, Resampling};

/// Distances behind one line, as in dgm-eval.
const POINTS: usize = 15;

/// FD∞ of `fakes` from `reference`: a line through 15 distances, from a tenth of the fakes (at most
/// 5,000) to all of them, each from a draw of its own. It can be slightly below 0.
///
/// # Errors
/// [`MetricError::TooFewSamples`] below 200 samples, [`MetricError::Dimensions`].
pub fn fd_infinity(
    reference: &Features,
    fakes: &Features,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    MetricError::unless_same_dim("the fake set", fakes.dim(), reference.dim())?;
    for (what, set) in [("the reference", reference), ("the fake set", fakes)] {
        MetricError::unless_enough("FD∞", what, set.len(), 200)?;
    }
    let reference_halves = Halves::draw(reference.len(), resampling, 1);
    let fake_halves = Halves::draw(fakes.len(), resampling, 2);
    let values = (0..fake_halves.sets).into_par_iter().map(|set| {
        let reference = Gaussian::of(&reference.select(&reference_halves.indices(set)))?;
        let stream = 3 << 32 | (set * POINTS) as u64;
        extrapolated(&reference, &fakes.select(&fake_halves.indices(set)), resampling.seed, stream)
    });
    Ok(Estimate::from_sets(&values.collect::<Result<Vec<_>, _>>()?))
}

fn extrapolated(
    reference: &Gaussian,
    fakes: &Features,
    seed: u64,
    stream: u64,
) -> Result<f64, MetricError> {
    let sizes = sizes(fakes.len());
    let distances = sizes.par_iter().enumerate().map(|(point, &size)| {
        let drawn = fakes.select(&choose(fakes.len(), size, seed, stream + point as u64));
        reference.distance(&Gaussian::of(&drawn)?)
    });
    Ok(intercept(&sizes, &distances.collect::<Result<Vec<_>, _>>()?))
}

/// From a tenth (at most 5,000) to all, evenly spaced.
fn sizes(all: usize) -> Vec<usize> {
    let first = (all / 10).clamp(2, 5000) as f64;
    let step = (all as f64 - first) / (POINTS - 1) as f64;
    (0..POINTS).map(|point| (first + step * point as f64) as usize).collect()
}

/// Where the least-squares line through `distances` over `1 / sizes` meets 0.
pub(crate) fn intercept(sizes: &[usize], distances: &[f64]) -> f64 {
    let count = sizes.len() as f64;
    let inverses = || sizes.iter().map(|&size| 1.0 / size as f64);
    let x = inverses().sum::<f64>() / count;
    let y = distances.iter().sum::<f64>() / count;
    let slope = inverses().zip(distances).map(|(inverse, d)| (inverse - x) * (d - y)).sum::<f64>()
        / inverses().map(|inverse| (inverse - x).powi(2)).sum::<f64>();
    y - slope * x
}
