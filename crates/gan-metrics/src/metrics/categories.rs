//! Samples that each fall into one of a number of categories: digits, modes, cells.

use crate::interval::Halves;
use crate::{Estimate, MetricError, Resampling};

/// How samples spread over categories, beside how the data does.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoryReport {
    /// The share of each category.
    pub shares: Vec<Estimate>,
    /// Categories with at least one sample.
    pub covered: Estimate,
    /// The divergence `KL(samples ‖ data)` in nats, called reverse KL where modes are counted.
    pub reverse_kl: Estimate,
    /// The share of the rarest category, divided by its share in the data: 1 if all is well, 0 if
    /// a category of the data is missing.
    pub rarest: Estimate,
}

/// Equal shares of `categories` categories.
#[must_use]
pub fn uniform_shares(categories: usize) -> Vec<f64> {
    vec![1.0 / categories as f64; categories]
}

/// The shares of the categories `0..categories` among `samples`.
///
/// # Errors
/// [`MetricError::UnknownClass`], [`MetricError::TooFewSamples`] where there is none.
pub fn category_shares(samples: &[usize], categories: usize) -> Result<Vec<f64>, MetricError> {
    MetricError::unless_enough("a histogram", "the set", samples.len(), 1)?;
    let mut counts = vec![0usize; categories];
    for (row, &class) in samples.iter().enumerate() {
        let unknown = MetricError::UnknownClass { row, class, classes: categories };
        *counts.get_mut(class).ok_or(unknown)? += 1;
    }
    Ok(counts.iter().map(|&count| count as f64 / samples.len() as f64).collect())
}

/// How `samples`, each the number of its category, spread over the categories whose shares in the
/// data are `data_shares` (as counted in the data, or [`uniform_shares`]).
///
/// # Errors
/// [`MetricError::UnknownClass`], [`MetricError::ClassNotInData`], [`MetricError::TooFewSamples`]
/// below 2 samples.
pub fn category_report(
    samples: &[usize],
    data_shares: &[f64],
    resampling: Resampling,
) -> Result<CategoryReport, MetricError> {
    MetricError::unless_enough("a histogram of halves", "the set", samples.len(), 2)?;
    let halves = Halves::draw(samples.len(), resampling, 6);
    let mut shares = Vec::with_capacity(halves.sets);
    for set in 0..halves.sets {
        let members: Vec<usize> = halves.indices(set).iter().map(|&index| samples[index]).collect();
        shares.push(category_shares(&members, data_shares.len())?);
    }
    let unseen = |class: &usize| shares[0][*class] > 0.0 && data_shares[*class].max(0.0) == 0.0;
    if let Some(class) = (0..data_shares.len()).find(unseen) {
        return Err(MetricError::ClassNotInData { class });
    }
    let estimate = |statistic: &dyn Fn(&[f64]) -> f64| {
        Estimate::from_sets(&shares.iter().map(|shares| statistic(shares)).collect::<Vec<_>>())
    };
    let covered = |shares: &[f64]| shares.iter().filter(|&&share| share > 0.0).count() as f64;
    let kl = |shares: &[f64]| divergence(shares, data_shares);
    let rarest = |shares: &[f64]| {
        let in_data = shares.iter().zip(data_shares).filter(|(_, data)| **data > 0.0);
        in_data.map(|(share, data)| share / data).fold(f64::INFINITY, f64::min)
    };
    let share = |class| estimate(&|shares: &[f64]| shares[class]).within(0.0, 1.0);
    Ok(CategoryReport {
        shares: (0..data_shares.len()).map(share).collect(),
        covered: estimate(&covered).within(0.0, data_shares.len() as f64),
        reverse_kl: estimate(&kl).within(0.0, f64::INFINITY),
        rarest: estimate(&rarest).within(0.0, f64::INFINITY),
    })
}

/// `KL(shares ‖ data)` in nats; what never occurs adds nothing.
pub(crate) fn divergence(shares: &[f64], data: &[f64]) -> f64 {
    let part = |(&share, &data): (&f64, &f64)| {
        if share > 0.0 { share * (share / data).ln() } else { 0.0 }
    };
    shares.iter().zip(data).map(part).sum::<f64>().max(0.0)
}
