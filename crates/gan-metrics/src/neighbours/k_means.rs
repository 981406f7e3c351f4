//! Cells of a feature space around `k` means (Lloyd 1982; first means as in Arthur and Vassilvitskii
//! 2007, "k-means++").

use gan_random::{Rng, Stream};

use crate::error::MetricError;
use crate::features::Features;
use crate::neighbours::nearest;

const ROUNDS: usize = 25;

/// Cells that divide a feature space: each point belongs to the nearest mean.
#[derive(Clone, Debug)]
pub struct Cells {
    means: Features,
}

impl Cells {
    /// `count` cells fitted to `features`, in at most 25 rounds, from `seed`. There are fewer where
    /// the set has fewer different points.
    ///
    /// # Errors
    /// [`MetricError::TooFewSamples`] where there are fewer samples than cells,
    /// [`MetricError::Setting`] for no cells.
    pub fn k_means(features: &Features, count: usize, seed: u64) -> Result<Self, MetricError> {
        if count == 0 {
            let rule = "at least one cell is needed";
            return Err(MetricError::Setting { name: "cells", value: 0.0, rule });
        }
        MetricError::unless_enough("a division into cells", "the set", features.len(), count)?;
        let mut cells = Self { means: first_means(features, count, seed)? };
        let mut before = Vec::new();
        for _ in 0..ROUNDS {
            let assigned = cells.assign(features)?;
            if assigned == before {
                break;
            }
            cells.move_to(features, &assigned);
            before = assigned;
        }
        Ok(cells)
    }

    /// The cells around given means, `[cells, dim]`.
    ///
    /// # Errors
    /// [`MetricError::TooFewSamples`] without any.
    pub fn around(means: Features) -> Result<Self, MetricError> {
        MetricError::unless_enough("a division into cells", "the set of means", means.len(), 1)?;
        Ok(Self { means })
    }

    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.means.len()
    }

    /// Never: there is always a cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.means.is_empty()
    }

    /// The cell of each sample.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`].
    pub fn assign(&self, features: &Features) -> Result<Vec<usize>, MetricError> {
        let found = nearest(features, &self.means, 1)?;
        Ok(found.into_iter().map(|found| found[0].index).collect())
    }

    /// Each mean goes to the mean of its samples; one without samples stays.
    fn move_to(&mut self, features: &Features, assigned: &[usize]) {
        let dim = features.dim();
        let mut sums = vec![0.0f64; self.len() * dim];
        let mut counts = vec![0usize; self.len()];
        for (row, &cell) in assigned.iter().enumerate() {
            counts[cell] += 1;
            let sums = &mut sums[cell * dim..(cell + 1) * dim];
            sums.iter_mut().zip(features.row(row)).for_each(|(sum, &x)| *sum += f64::from(x));
        }
        let mean = |(at, sum): (usize, &f64)| match counts[at / dim] {
            0 => self.means.values()[at],
            count => (sum / count as f64) as f32,
        };
        let means = sums.iter().enumerate().map(mean).collect();
        self.means = Features::new(counts.len(), dim, means).expect("means of finite numbers");
    }
}

/// Samples that are far from each other: each is drawn with a chance in proportion to its squared
/// distance from those before it.
fn first_means(features: &Features, count: usize, seed: u64) -> Result<Features, MetricError> {
    // A number for each mean.
    let draws = Rng::new(seed).uniform(Stream::Resampling, 8 << 32, count, 0.0, 1.0);
    let mut chosen = vec![(f64::from(draws[0]) * features.len() as f64) as usize];
    let mut apart = vec![f64::INFINITY; features.len()];
    while chosen.len() < count {
        let last = features.select(&chosen[chosen.len() - 1..]);
        let found = nearest(features, &last, 1)?;
        apart.iter_mut().zip(found).for_each(|(apart, found)| {
            *apart = apart.min(found[0].squared_distance);
        });
        let mut left = f64::from(draws[chosen.len()]) * apart.iter().sum::<f64>();
        let next = apart.iter().position(|&apart| {
            left -= apart;
            left < 0.0
        });
        // All samples coincide with means already, or rounding ran past the last.
        let Some(next) = next else { break };
        chosen.push(next);
    }
    Ok(features.select(&chosen))
}
