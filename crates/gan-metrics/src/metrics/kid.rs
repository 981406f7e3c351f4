//! Kernel distance between two sets of features (Bińkowski et al. 2018, "Demystifying MMD GANs").

use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::chance::choose;
use crate::{Estimate, Features, MetricError};

/// How the kernel distance is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KidSettings {
    /// Subsets that are averaged.
    pub subsets: usize,
    /// Samples of each set in a subset.
    pub subset_size: usize,
    /// What the subsets are drawn from.
    pub seed: u64,
}

impl Default for KidSettings {
    fn default() -> Self {
        Self { subsets: 100, subset_size: 1000, seed: 0 }
    }
}

/// The kernel distance of `fakes` from `reference`: the unbiased squared maximum mean discrepancy
/// with the kernel `(x·y / d + 1)^3`, averaged over subsets drawn without replacement. Being
/// unbiased, it can be below 0.
///
/// The subsets are what the jackknife deletes down to: with `r` of `n` samples in each, the variance
/// of the whole sample's value is `r / (n - r)` of the variance among subsets, and to that comes
/// what the choice of subsets adds. For two sets of one distribution this interval is too wide.
/// There is none where a subset is the whole set.
///
/// # Errors
/// [`MetricError::TooFewSamples`] where a set is smaller than a subset, [`MetricError::Dimensions`],
/// [`MetricError::Setting`] for no subsets or subsets below 2.
pub fn kernel_distance(
    reference: &Features,
    fakes: &Features,
    settings: KidSettings,
) -> Result<Estimate, MetricError> {
    let KidSettings { subsets, subset_size, seed } = settings;
    for (name, value, least) in [("subsets", subsets, 1), ("subset_size", subset_size, 2)] {
        if value < least {
            let rule = "at least one subset of two samples is needed";
            return Err(MetricError::Setting { name, value: value as f64, rule });
        }
    }
    MetricError::unless_same_dim("the fake set", fakes.dim(), reference.dim())?;
    for (what, set) in [("the reference", reference), ("the fake set", fakes)] {
        MetricError::unless_enough("the kernel distance", what, set.len(), subset_size)?;
    }
    let draw = |set: &Features, stream: u64, subset: usize| {
        set.select(&choose(set.len(), subset_size, seed, stream << 32 | subset as u64))
    };
    let values: Vec<f64> = (0..subsets)
        .into_par_iter()
        .map(|subset| mmd(&draw(reference, 4, subset), &draw(fakes, 5, subset)))
        .collect();
    let count = subsets as f64;
    let value = values.iter().sum::<f64>() / count;
    let deleted = reference.len().min(fakes.len()) - subset_size;
    if subsets < 2 || deleted == 0 {
        return Ok(Estimate { value, interval: None });
    }
    let variance = values.iter().map(|x| (x - value).powi(2)).sum::<f64>() / (count - 1.0);
    let share = subset_size as f64 / deleted as f64 + 1.0 / count;
    Ok(Estimate::with_deviation(value, (variance * share).sqrt()))
}

/// The unbiased squared maximum mean discrepancy of two sets of equal size.
fn mmd(x: &Features, y: &Features) -> f64 {
    let (x, y) = (x.columns(0..x.len()), y.columns(0..y.len()));
    let (x_rows, y_rows) = (x.transpose(), y.transpose());
    let count = x.ncols() as f64;
    let within = |rows: &DMatrix<f64>, columns: &DMatrix<f64>| {
        let kernel = kernel(rows, columns);
        (kernel.sum() - kernel.trace()) / (count * (count - 1.0))
    };
    within(&x_rows, &x) + within(&y_rows, &y) - 2.0 * kernel(&x_rows, &y).mean()
}

fn kernel(rows: &DMatrix<f64>, columns: &DMatrix<f64>) -> DMatrix<f64> {
    let dim = columns.nrows() as f64;
    let mut kernel = rows * columns;
    kernel.apply(|product| *product = (*product / dim + 1.0).powi(3));
    kernel
}
