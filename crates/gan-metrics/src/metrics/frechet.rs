//! Fréchet distance between two sets of features, each taken for a Gaussian (Heusel et al. 2017,
//! "GANs Trained by a Two Time-Scale Update Rule").

use rayon::prelude::*;

use crate::confidence::{Estimate, Halves, Resampling, Variance};
use crate::error::MetricError;
use crate::features::Features;
use crate::gaussian::Gaussian;
use crate::gaussian::gram::Gram;
use crate::gaussian::moments::{GroupedMoments, MAX_DIMENSIONS};

/// Splits of a set of few dimensions, for each that is asked for: they are quickly measured, and
/// between sets of one distribution it takes many of them to know the width.
const SPLITS_FACTOR: usize = 4;
/// So many dimensions count as few.
const FEW_DIMENSIONS: usize = 128;
/// Splits of a set of many dimensions, where each half takes seconds.
const FEW_SPLITS: usize = 8;

/// The Fréchet distance of `fakes` from `reference`, with its interval.
///
/// A set against itself gives 0. At `d` dimensions and `n` samples this takes about
/// `4 n d^2 + 10 d^3` operations and `50 d^2 + 8 n d` bytes, at 2,048 dimensions and 10,000 samples
/// about ten seconds; where samples are fewer than dimensions `2 n^2 d + 10 n^3` and `8 n^2`, by the
/// products of the samples in place of covariances. Above 512 dimensions the interval rests on 8
/// splits, and is wider for it.
///
/// # Errors
/// [`MetricError::TooFewSamples`] below 4 samples, [`MetricError::Dimensions`].
pub fn frechet_distance(
    reference: &Features,
    fakes: &Features,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    MetricError::unless_same_dim("the fake set", fakes.dim(), reference.dim())?;
    for (what, set) in [("the reference", reference), ("the fake set", fakes)] {
        MetricError::unless_enough("the Fréchet distance", what, set.len(), 4)?;
    }
    let (value, splits) = match reference.dim() {
        dim if dim > MAX_DIMENSIONS && reference.len().max(fakes.len()) < dim => {
            by_products(reference, fakes, resampling)?
        }
        _ => by_covariances(reference, fakes, resampling)?,
    };
    Ok(Estimate::from_splits(value, splits, Variance::WithPairs).within(0.0, f64::INFINITY))
}

/// The distance, and that of both halves of each split.
type Distances = (f64, Vec<[f64; 2]>);

fn by_covariances(
    reference: &Features,
    fakes: &Features,
    resampling: Resampling,
) -> Result<Distances, MetricError> {
    let Resampling { seed, .. } = resampling;
    let value = Gaussian::of(reference)?.distance(&Gaussian::of(fakes)?)?;
    let smallest = reference.len().min(fakes.len());
    let splits = match (resampling.drawn(), reference.dim()) {
        (0, _) => return Ok((value, Vec::new())),
        // Halves of one sample have no covariance.
        _ if smallest < 8 => return Ok((value, Vec::new())),
        (drawn, dim) if dim > MAX_DIMENSIONS => {
            let few = Resampling { splits: drawn.min(FEW_SPLITS), seed };
            let halves = [(reference, 1), (fakes, 2)]
                .map(|(set, stream)| Halves::draw(set.len(), few, stream));
            let distance = |set: usize| {
                let half = |features: &Features, halves: &Halves| {
                    Gaussian::of(&features.select(&halves.indices(set)))
                };
                half(reference, &halves[0])?.distance(&half(fakes, &halves[1])?)
            };
            let distances: Vec<f64> =
                (1..halves[0].sets).into_par_iter().map(distance).collect::<Result<_, _>>()?;
            return Ok((value, distances.as_chunks().0.to_vec()));
        }
        (drawn, dim) if dim <= FEW_DIMENSIONS => SPLITS_FACTOR * drawn,
        (drawn, _) => drawn,
    };
    let (reference, fakes) = rayon::join(
        || GroupedMoments::of(reference, seed, 1),
        || GroupedMoments::of(fakes, seed, 2),
    );
    let split = |split: usize| {
        let (real, fake) = (reference.halves(split), fakes.halves(split));
        let half = |at: usize| reference.gaussian(&real[at]).distance(&fakes.gaussian(&fake[at]));
        Ok([half(0)?, half(1)?])
    };
    Ok((value, (0..splits).into_par_iter().map(split).collect::<Result<_, MetricError>>()?))
}

fn by_products(
    reference: &Features,
    fakes: &Features,
    resampling: Resampling,
) -> Result<Distances, MetricError> {
    let gram = Gram::of(reference, fakes);
    let few = Resampling { splits: resampling.drawn().min(FEW_SPLITS), ..resampling };
    let halves =
        [(reference, 1), (fakes, 2)].map(|(set, stream)| Halves::draw(set.len(), few, stream));
    let sets = if reference.len().min(fakes.len()) < 8 { 1 } else { halves[0].sets };
    let distance = |set: usize| gram.distance(&halves[0].indices(set), &halves[1].indices(set));
    let distances: Vec<f64> = (0..sets).into_par_iter().map(distance).collect::<Result<_, _>>()?;
    Ok((distances[0], distances[1..].as_chunks().0.to_vec()))
}
