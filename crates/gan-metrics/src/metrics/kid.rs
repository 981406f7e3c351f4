//! Kernel distance between two sets of features (Bińkowski et al. 2018, "Demystifying MMD GANs").

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::confidence::{Estimate, Resampling, Variance, shuffled};
use crate::error::MetricError;
use crate::features::Features;

/// Groups of samples whose kernels are summed: halves are made of groups.
const GROUPS: usize = 128;
/// Splits for each that is asked for: their cost is nothing beside that of the kernels.
const SPLITS_FACTOR: usize = 8;

/// The kernel distance (KID) of `fakes` from `reference`: the unbiased squared maximum mean
/// discrepancy with the kernel `(x·y / d + 1)^3`, over all pairs of samples. Being unbiased, it can
/// be below 0.
///
/// Other tools average 100 random subsets of 1,000 samples. That has the same mean for any number
/// of samples; the subsets add noise of their own, and at 10,000 samples they cost as much.
///
/// # Errors
/// [`MetricError::TooFewSamples`] below 4 samples, [`MetricError::Dimensions`].
pub fn kernel_distance(
    reference: &Features,
    fakes: &Features,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    MetricError::unless_same_dim("the fake set", fakes.dim(), reference.dim())?;
    for (what, set) in [("the reference", reference), ("the fake set", fakes)] {
        MetricError::unless_enough("the kernel distance", what, set.len(), 4)?;
    }
    let [x, y] =
        [(reference, 1), (fakes, 2)].map(|(set, stream)| Grouped::of(set, resampling.seed, stream));
    let sums = Sums { x: x.within(), y: y.within(), between: x.between(&y) };
    let all = [&x, &y].map(|set| (0..set.groups.len()).collect::<Vec<_>>());
    let distance = |groups: [&[usize]; 2]| sums.distance(&x, &y, groups);
    let value = distance([&all[0], &all[1]]);
    // Where a half is one sample, there are no pairs in it.
    let enough = x.groups.len() >= 4 && y.groups.len() >= 4;
    let splits = if enough { SPLITS_FACTOR * resampling.drawn() } else { 0 };
    let split = |split: usize| {
        let (x, y) = (x.halves(split), y.halves(split));
        [distance([&x[0], &y[0]]), distance([&x[1], &y[1]])]
    };
    let splits = (0..splits).map(split).collect();
    Ok(Estimate::from_splits(value, splits, Variance::WithPairs))
}

/// A set by groups of its samples, chosen at random.
struct Grouped {
    /// The samples of each group, as columns.
    groups: Vec<DMatrix<f64>>,
    seed: u64,
    stream: u64,
}

impl Grouped {
    fn of(features: &Features, seed: u64, stream: u64) -> Self {
        let count = features.len();
        let order = shuffled(count, seed, stream | 1 << 18, 0);
        let groups = GROUPS.min(count);
        let group = |group: usize| {
            let rows = &order[group * count / groups..(group + 1) * count / groups];
            features.select(rows).columns(0..rows.len())
        };
        Self { groups: (0..groups).map(group).collect(), seed, stream: stream | 1 << 19 }
    }

    fn halves(&self, split: usize) -> [Vec<usize>; 2] {
        let mut first = shuffled(self.groups.len(), self.seed, self.stream, split as u64);
        let second = first.split_off(self.groups.len() / 2);
        [first, second]
    }

    fn count(&self, groups: &[usize]) -> f64 {
        groups.iter().map(|&group| self.groups[group].ncols()).sum::<usize>() as f64
    }

    /// Sums of the kernel over the pairs of each two groups of this set, no sample with itself.
    fn within(&self) -> DMatrix<f64> {
        let rows: Vec<Vec<f64>> = (0..self.groups.len())
            .into_par_iter()
            .map(|row| {
                let transposed = self.groups[row].transpose();
                let sum = |column: usize| {
                    let kernel = kernel(&transposed, &self.groups[column]);
                    if row == column { kernel.sum() - kernel.trace() } else { kernel.sum() }
                };
                (0..=row).map(sum).collect()
            })
            .collect();
        let count = self.groups.len();
        DMatrix::from_fn(count, count, |a, b| rows[a.max(b)][a.min(b)])
    }

    /// Sums of the kernel over the pairs of each group of this set with each of another.
    fn between(&self, other: &Self) -> DMatrix<f64> {
        let rows: Vec<Vec<f64>> = self
            .groups
            .par_iter()
            .map(|group| {
                let transposed = group.transpose();
                other.groups.iter().map(|other| kernel(&transposed, other).sum()).collect()
            })
            .collect();
        DMatrix::from_fn(self.groups.len(), other.groups.len(), |a, b| rows[a][b])
    }
}

/// Sums of the kernel over pairs of groups.
struct Sums {
    x: DMatrix<f64>,
    y: DMatrix<f64>,
    between: DMatrix<f64>,
}

impl Sums {
    /// The distance between the samples in some groups of both sets.
    fn distance(&self, x: &Grouped, y: &Grouped, groups: [&[usize]; 2]) -> f64 {
        let (m, n) = (x.count(groups[0]), y.count(groups[1]));
        let sum = |sums: &DMatrix<f64>, rows: &[usize], columns: &[usize]| {
            rows.iter().map(|&a| columns.iter().map(|&b| sums[(a, b)]).sum::<f64>()).sum::<f64>()
        };
        sum(&self.x, groups[0], groups[0]) / (m * (m - 1.0))
            + sum(&self.y, groups[1], groups[1]) / (n * (n - 1.0))
            - 2.0 * sum(&self.between, groups[0], groups[1]) / (m * n)
    }
}

fn kernel(rows: &DMatrix<f64>, columns: &DMatrix<f64>) -> DMatrix<f64> {
    let dim = columns.nrows() as f64;
    let mut kernel = rows * columns;
    kernel.apply(|product| *product = (*product / dim + 1.0).powi(3));
    kernel
}
