//! Samples that each fall into one of a number of categories: digits, modes, cells.

use crate::confidence::{Estimate, Halves, Resampling, Variance};
use crate::error::MetricError;

/// How samples spread over categories, beside how the data does.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoryReport {
    /// The share of each category.
    pub shares: Vec<Estimate>,
    /// Categories with at least one sample. A count of what was seen has no interval.
    pub covered: Estimate,
    /// The divergence `KL(samples ‖ data)` in nats, called reverse KL where modes are counted.
    pub reverse_kl: Estimate,
    /// The share of the rarest category, divided by its share in the data: 1 if all is well, 0 if
    /// a category of the data is missing.
    pub rarest: Estimate,
}

/// What samples are compared with.
#[derive(Clone, Copy, Debug)]
pub enum CategoryData<'a> {
    /// The shares of the categories, known exactly, such as [`uniform_shares`].
    Shares(&'a [f64]),
    /// The categories of samples of the data, of so many categories.
    Samples(&'a [usize], usize),
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

/// How `samples`, each the number of its category, spread over the categories of `data`.
///
/// # Errors
/// [`MetricError::UnknownClass`], [`MetricError::ClassNotInData`], [`MetricError::TooFewSamples`]
/// below 2 samples.
pub fn category_report(
    samples: &[usize],
    data: CategoryData<'_>,
    resampling: Resampling,
) -> Result<CategoryReport, MetricError> {
    MetricError::unless_enough("a histogram of halves", "the set", samples.len(), 2)?;
    let data: Vec<Vec<f64>> = match data {
        CategoryData::Shares(shares) => vec![shares.to_vec()],
        CategoryData::Samples(samples, categories) => {
            MetricError::unless_enough("a histogram of halves", "the data", samples.len(), 2)?;
            shares_of_sets(samples, categories, resampling, 1)?
        }
    };
    let categories = data[0].len();
    let shares = shares_of_sets(samples, categories, resampling, 2)?;
    let unseen = |class: &usize| shares[0][*class] > 0.0 && data[0][*class].max(0.0) == 0.0;
    if let Some(class) = (0..categories).find(unseen) {
        return Err(MetricError::ClassNotInData { class });
    }
    // A half of the data may miss what the whole has.
    let in_data = |set: usize, class: usize| match data.get(set).map_or(0.0, |set| set[class]) {
        share if share > 0.0 => share,
        _ => data[0][class],
    };
    let estimate = |statistic: &dyn Fn(&[f64], &[f64]) -> f64, variance| {
        let of_set = |set: usize| {
            let data: Vec<f64> = (0..categories).map(|class| in_data(set, class)).collect();
            statistic(&shares[set], &data)
        };
        Estimate::from_sets(&(0..shares.len()).map(of_set).collect::<Vec<_>>(), variance)
    };
    let covered =
        |shares: &[f64], _: &[f64]| shares.iter().filter(|&&share| share > 0.0).count() as f64;
    let rarest = |shares: &[f64], data: &[f64]| {
        let in_data = shares.iter().zip(data).filter(|(_, data)| **data > 0.0);
        in_data.map(|(share, data)| share / data).fold(f64::INFINITY, f64::min)
    };
    let share = |class: usize| {
        let of_sets: Vec<f64> = shares.iter().map(|shares| shares[class]).collect();
        Estimate::share(&of_sets, samples.len())
    };
    Ok(CategoryReport {
        shares: (0..categories).map(share).collect(),
        covered: estimate(&covered, Variance::OneOverN).without_interval(),
        reverse_kl: estimate(&divergence, Variance::WithPairs).within(0.0, f64::INFINITY),
        rarest: estimate(&rarest, Variance::OneOverN).within(0.0, f64::INFINITY),
    })
}

/// The shares in the whole set and in each half.
fn shares_of_sets(
    samples: &[usize],
    categories: usize,
    resampling: Resampling,
    stream: u64,
) -> Result<Vec<Vec<f64>>, MetricError> {
    let halves = Halves::draw(samples.len(), resampling, stream);
    let shares = (0..halves.sets).map(|set| {
        let members: Vec<usize> = halves.indices(set).iter().map(|&index| samples[index]).collect();
        category_shares(&members, categories)
    });
    shares.collect()
}

/// `KL(shares ‖ data)` in nats; what never occurs adds nothing.
pub(crate) fn divergence(shares: &[f64], data: &[f64]) -> f64 {
    let part = |(&share, &data): (&f64, &f64)| {
        if share > 0.0 { share * (share / data).ln() } else { 0.0 }
    };
    shares.iter().zip(data).map(part).sum::<f64>().max(0.0)
}
