//! The Fréchet distance that infinitely many fakes would have.
//!
//! A Fréchet distance from `N` fakes is too large by about `b / N`, with a `b` that depends on the
//! generator (Chong and Forsyth 2020, "Effectively Unbiased FID"). Measured for several `N`, the
//! line through the distances over `1 / N` meets `1 / N = 0` at FD∞. The reference stays whole, so
//! its own part of the bias remains.

use rayon::prelude::*;

use crate::confidence::{Estimate, Resampling, Variance, shuffled};
use crate::error::MetricError;
use crate::features::Features;
use crate::gaussian::Gaussian;
use crate::gaussian::moments::{GroupedMoments, MAX_DIMENSIONS};

/// Distances behind one line, as in dgm-eval.
const POINTS: usize = 15;
/// Lines that are averaged, each through subsets of its own: a single one scatters by more than the
/// samples make it.
const LINES: usize = 8;

/// FD∞ of `fakes` from `reference`: a line through 15 distances, from a tenth of the fakes (at most
/// 5,000) to all of them, each from a draw of its own; eight such lines are averaged. It can be
/// slightly below 0. Above 512 dimensions there is one line, and no interval.
///
/// # Errors
/// [`MetricError::TooFewSamples`] below 200 samples or with fewer than dimensions, where distances
/// are not linear in `1 / N`; [`MetricError::Dimensions`].
pub fn fd_infinity(
    reference: &Features,
    fakes: &Features,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    MetricError::unless_same_dim("the fake set", fakes.dim(), reference.dim())?;
    for (what, set) in [("the reference", reference), ("the fake set", fakes)] {
        MetricError::unless_enough("FD∞", what, set.len(), reference.dim().max(200))?;
    }
    let seed = resampling.seed;
    let many = reference.dim() > MAX_DIMENSIONS;
    let whole = Gaussian::of(reference)?;
    let sizes = sizes(fakes.len());
    let line = |line: usize| {
        let distances = sizes.par_iter().enumerate().map(|(point, &size)| {
            let mut drawn = shuffled(fakes.len(), seed, 3, (line * POINTS + point) as u64);
            drawn.truncate(size);
            whole.distance(&Gaussian::of(&fakes.select(&drawn))?)
        });
        let distances = distances.collect::<Result<Vec<_>, _>>()?;
        let sizes: Vec<f64> = sizes.iter().map(|&size| size as f64).collect();
        Ok(intercept(&sizes, &distances))
    };
    let lines = if many { 1 } else { LINES };
    let lines: Vec<f64> =
        (0..lines).into_par_iter().map(line).collect::<Result<_, MetricError>>()?;
    let count = lines.len() as f64;
    let value = lines.iter().sum::<f64>() / count;
    if many || resampling.drawn() == 0 {
        return Ok(Estimate::exact(value));
    }
    let of_lines = lines.iter().map(|line| (line - value).powi(2)).sum::<f64>() / (count - 1.0);
    let splits = of_halves(reference, fakes, resampling);
    let estimate = Estimate::from_splits(value, splits, Variance::WithPairs);
    Ok(estimate.with_variance(of_lines / count))
}

/// FD∞ of both halves of each split, from subsets of groups of the samples.
fn of_halves(reference: &Features, fakes: &Features, resampling: Resampling) -> Vec<[f64; 2]> {
    let seed = resampling.seed;
    let (reference, fakes) = rayon::join(
        || GroupedMoments::of(reference, seed, 1),
        || GroupedMoments::of(fakes, seed, 2),
    );
    let half = |index: usize| {
        let (split, at) = (index / 2, index % 2);
        let real = reference.gaussian(&reference.halves(split)[at]);
        let groups = &fakes.halves(split)[at];
        let lines = (0..LINES).map(|line| {
            let (mut counts, mut distances) = (Vec::new(), Vec::new());
            for (point, size) in sizes(groups.len()).into_iter().enumerate() {
                let stream = ((index * LINES + line) * POINTS + point) as u64;
                let drawn = shuffled(groups.len(), seed, 4, stream);
                let drawn: Vec<usize> = drawn[..size].iter().map(|&at| groups[at]).collect();
                counts.push(fakes.count(&drawn));
                let (mean, covariance) = fakes.mean_and_covariance(&drawn);
                distances.push(real.rough_distance(&mean, &covariance));
            }
            intercept(&counts, &distances)
        });
        lines.sum::<f64>() / LINES as f64
    };
    let halves: Vec<f64> = (0..2 * resampling.drawn()).into_par_iter().map(half).collect();
    halves.as_chunks().0.to_vec()
}

/// From a tenth (at most 5,000) to all, evenly spaced.
fn sizes(all: usize) -> Vec<usize> {
    let first = (all / 10).clamp(2, 5000) as f64;
    let step = (all as f64 - first) / (POINTS - 1) as f64;
    (0..POINTS).map(|point| (first + step * point as f64) as usize).collect()
}

/// Where the least-squares line through `distances` over `1 / sizes` meets 0.
fn intercept(sizes: &[f64], distances: &[f64]) -> f64 {
    let count = sizes.len() as f64;
    let inverses = || sizes.iter().map(|&size| 1.0 / size);
    let x = inverses().sum::<f64>() / count;
    let y = distances.iter().sum::<f64>() / count;
    let slope = inverses().zip(distances).map(|(inverse, d)| (inverse - x) * (d - y)).sum::<f64>()
        / inverses().map(|inverse| (inverse - x).powi(2)).sum::<f64>();
    y - slope * x
}
