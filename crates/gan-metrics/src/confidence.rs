//! How sure a number is: 95 % confidence intervals from complementary halves of the samples.
//!
//! The samples are split at random into two halves, many times, and the metric is measured on each
//! half. The halves of a split share no sample: with `D` half of their difference, the mean of `D²`
//! is half of the variance that the metric has at half as many samples. Where the variance falls as
//! `1/n`, as for means, shares and metrics of nearest neighbours ([`Variance::OneOverN`]), that is
//! the variance at all samples.
//!
//! Distances between distributions vary as `a/n + b/n²` (Hoeffding 1948): `a` is how each sample
//! alone moves them, `b` how pairs of samples do ([`Variance::WithPairs`]). Far from the baseline `a`
//! rules; between two sets of one distribution it is 0, and the mean of `D²` is `a/n + 2b/n²`, as
//! that of a delete-one jackknife (delete-half counts `b` threefold): intervals 1.4 to 1.7 times too
//! wide. But for given samples the mean `M` of both halves varies from split to split by `b/n²`
//! alone, since what single samples do cancels in it. The variance is the mean of `D²` minus the
//! variance of `M`, and not below the latter, because `a` is not negative.
//!
//! No bootstrap: it draws some samples twice, and duplicates push a Fréchet distance up and coverage
//! down.
//!
//! Where a metric looks at two sets, both are split, independently: the interval speaks of new draws
//! of both.

use std::sync::Arc;

use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

/// The largest number of splits: memberships in halves are the bits of a word, and one is the whole.
pub const MAX_SPLITS: usize = 31;

/// Two-sided 95 % of a normal distribution lie within so many standard deviations.
const NORMAL_QUANTILE: f64 = 1.959_963_984_540_054;

/// A measured number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Estimate {
    /// The number, from all samples.
    pub value: f64,
    /// The 95 % confidence interval of its mean over repetitions with other samples and other real
    /// images, as many of each; none where none was asked for, or where none is known.
    pub interval: Option<Interval>,
    /// The number from both halves of each split.
    #[serde(skip)]
    splits: Arc<[[f64; 2]]>,
    #[serde(skip)]
    variance: Variance,
}

/// How the variance of a metric falls as samples grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Variance {
    /// As `1/n`.
    #[default]
    OneOverN,
    /// As `a/n + b/n²`.
    WithPairs,
}

/// Equal where the numbers are: a file keeps no splits.
impl PartialEq for Estimate {
    fn eq(&self, other: &Self) -> bool {
        (self.value, self.interval) == (other.value, other.interval)
    }
}

/// A 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How intervals are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resampling {
    /// Splits into halves behind each interval, at most [`MAX_SPLITS`]; below 2 there are no
    /// intervals.
    pub splits: usize,
    /// What the halves (and any other random choice of a metric) are drawn from.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self { splits: MAX_SPLITS, seed: 0 }
    }
}

impl Resampling {
    /// Values without intervals.
    #[must_use]
    pub fn none(seed: u64) -> Self {
        Self { splits: 0, seed }
    }

    /// Splits that are drawn.
    pub(crate) fn drawn(self) -> usize {
        if self.splits < 2 { 0 } else { self.splits.min(MAX_SPLITS) }
    }
}

impl Estimate {
    /// A number without an interval.
    pub(crate) fn exact(value: f64) -> Self {
        Self { value, interval: None, splits: Arc::from([]), variance: Variance::OneOverN }
    }

    /// The number from all samples, and from both halves of each split.
    pub(crate) fn from_splits(value: f64, splits: Vec<[f64; 2]>, variance: Variance) -> Self {
        let half_width = half_width(&splits, variance, 0.0);
        let interval = half_width.map(|half| Interval { low: value - half, high: value + half });
        Self { value, interval, splits: splits.into(), variance }
    }

    /// The same where the number has another source of chance than the choice of the samples, of
    /// this variance (which both halves of a split share in, so that it cancels in them).
    pub(crate) fn with_variance(mut self, variance: f64) -> Self {
        let interval = half_width(&self.splits, self.variance, variance)
            .map(|half| Interval { low: self.value - half, high: self.value + half });
        self.interval = interval;
        self
    }

    /// The whole sample first, then both halves of each split: as the bits of [`Halves`] are.
    pub(crate) fn from_sets(values: &[f64], variance: Variance) -> Self {
        let (&value, halves) = values.split_first().expect("the whole sample is always measured");
        Self::from_splits(value, halves.as_chunks().0.to_vec(), variance)
    }

    /// A share `successes / count` of independent samples with Wilson's interval (1927), which has
    /// its coverage near 0 and 1 too; `splits` for comparisons.
    pub(crate) fn share(values: &[f64], count: usize) -> Self {
        let mut estimate = Self::from_sets(values, Variance::OneOverN);
        if estimate.interval.is_some() {
            let (p, n, z) = (estimate.value, count as f64, NORMAL_QUANTILE);
            let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
            let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
            let (low, high) = ((middle - half).clamp(0.0, p), (middle + half).clamp(p, 1.0));
            estimate.interval = Some(Interval { low, high });
        }
        estimate
    }

    /// The same with an interval that keeps to what the metric can be.
    pub(crate) fn within(mut self, least: f64, most: f64) -> Self {
        if let Some(interval) = &mut self.interval {
            interval.low = interval.low.max(least);
            interval.high = interval.high.min(most);
        }
        self
    }

    /// The same without the interval, for numbers whose halves say nothing of the whole.
    pub(crate) fn without_interval(mut self) -> Self {
        self.interval = None;
        self
    }

    /// `f` of several numbers that were measured with the same seed on as many samples each, with
    /// the interval of the result: a paired comparison, since every half holds the same samples in
    /// all of them. None where one has no interval.
    #[must_use]
    pub fn combined<const N: usize>(
        numbers: [&Self; N],
        f: impl Fn([f64; N]) -> f64,
    ) -> Option<Self> {
        let count = numbers.iter().map(|number| number.splits.len()).min().unwrap_or(0);
        let usable = numbers
            .iter()
            .all(|number| number.interval.is_some() && number.splits.len() == count && count > 1);
        usable.then(|| {
            let at =
                |split: usize, half: usize| f(numbers.map(|number| number.splits[split][half]));
            let splits = (0..count).map(|split| [at(split, 0), at(split, 1)]).collect();
            Self::from_splits(f(numbers.map(|number| number.value)), splits, numbers[0].variance)
        })
    }

    /// Half of the interval's width; the longer side where it ends at what the metric can be.
    #[must_use]
    pub fn half_width(&self) -> Option<f64> {
        let Interval { low, high } = self.interval?;
        Some((self.value - low).max(high - self.value))
    }

    /// Whether the interval leaves `value` out.
    #[must_use]
    pub fn excludes(&self, value: f64) -> Option<bool> {
        let Interval { low, high } = self.interval?;
        Some(value < low || high < value)
    }
}

/// Half the width of the interval, as the module describes it. None below two splits.
fn half_width(splits: &[[f64; 2]], variance: Variance, more_variance: f64) -> Option<f64> {
    if splits.len() < 2 {
        return None;
    }
    let count = splits.len() as f64;
    let means = || splits.iter().map(|[a, b]| f64::midpoint(*a, *b));
    let mean = means().sum::<f64>() / count;
    let of_pairs = means().map(|m| (m - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let of_differences = splits.iter().map(|[a, b]| ((a - b) / 2.0).powi(2)).sum::<f64>() / count;
    let variance = match variance {
        Variance::OneOverN => of_differences,
        Variance::WithPairs => (of_differences - of_pairs).max(of_pairs),
    };
    Some(student_quantile(count) * (variance + more_variance).sqrt())
}

/// Two-sided 95 % of Student's distribution lie within so many standard deviations (Cornish and
/// Fisher's expansion, good to 0.1 % from 5 degrees of freedom on): as many splits know the variance
/// no better than that.
fn student_quantile(degrees: f64) -> f64 {
    let z = NORMAL_QUANTILE;
    let first = (z.powi(3) + z) / 4.0;
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    let third = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
    z + first / degrees + second / degrees.powi(2) + third / degrees.powi(3)
}

/// Which samples belong to which half: a word for each sample, whose bit 0 (the whole sample) is
/// always set; bits `2 s + 1` and `2 s + 2` are the halves of split `s`, of which each sample is in
/// one.
#[derive(Clone, Debug)]
pub(crate) struct Halves {
    pub(crate) members: Vec<u64>,
    /// The whole sample and the halves.
    pub(crate) sets: usize,
}

impl Halves {
    /// Halves of `len` samples; each set of a comparison has a `stream` of its own.
    pub(crate) fn draw(len: usize, resampling: Resampling, stream: u64) -> Self {
        let splits = resampling.drawn();
        let mut members = vec![1u64; len];
        for split in 0..splits {
            let order = shuffled(len, resampling.seed, stream, split as u64);
            for (at, index) in order.into_iter().enumerate() {
                members[index] |= 1 << (2 * split + 1 + usize::from(at >= len / 2));
            }
        }
        Self { members, sets: 2 * splits + 1 }
    }

    /// The samples of set `set`, ascending.
    pub(crate) fn indices(&self, set: usize) -> Vec<usize> {
        (0..self.members.len()).filter(|&index| self.members[index] >> set & 1 == 1).collect()
    }

    /// For each set, the share of its members whose own bit is set in `bits`.
    pub(crate) fn shares(&self, bits: &[u64]) -> Vec<f64> {
        let mut hits = vec![0u32; self.sets];
        let mut sizes = vec![0u32; self.sets];
        for (&bits, &members) in bits.iter().zip(&self.members) {
            for set in 0..self.sets {
                hits[set] += ((bits & members) >> set & 1) as u32;
                sizes[set] += (members >> set & 1) as u32;
            }
        }
        hits.iter().zip(sizes).map(|(&hits, size)| f64::from(hits) / f64::from(size)).collect()
    }
}

/// `0..len` in an order that follows from seed, stream and index.
pub(crate) fn shuffled(len: usize, seed: u64, stream: u64, index: u64) -> Vec<usize> {
    let order = Rng::new(seed).permutation(Stream::Resampling, stream << 32 | index, len);
    order.into_iter().map(|index| index as usize).collect()
}
