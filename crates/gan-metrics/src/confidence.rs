//! How sure a number is: 95 % intervals from half-samples.
//!
//! The delete-half jackknife (Shao and Wu 1989, "A general theory for jackknife variance
//! estimation"): the variance of a statistic of `n` samples is the variance of the same statistic
//! over random halves, each drawn without replacement. No bootstrap: it draws some samples twice,
//! and duplicates push a Fréchet distance up and coverage down.
//!
//! Where a metric looks at two sets, both are halved, independently: the interval speaks of new
//! draws of both. It is centred at the value of the full sample, whose bias (Fréchet distances fall
//! as samples grow) is smaller than that of the halves and no part of the variance.

use serde::{Deserialize, Serialize};

use crate::chance::choose;

/// The largest number of half-samples: memberships are the bits of a word, and one is the whole.
pub const MOST_HALF_SAMPLES: usize = 63;

/// Two-sided 95 % of a normal distribution lie within so many deviations.
const DEVIATIONS: f64 = 1.959_963_984_540_054;

/// A measured number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number, from all samples.
    pub value: f64,
    /// Where 95 % of repetitions would lie; none if no half-samples were asked for.
    pub interval: Option<Interval>,
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
    /// Half-samples behind each interval, at most [`MOST_HALF_SAMPLES`]; below 2 there are no
    /// intervals. The width of an interval is itself known to about `1 / sqrt(2 * half_samples)`.
    pub half_samples: usize,
    /// What the halves (and any other random choice of a metric) are drawn from.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self { half_samples: 40, seed: 0 }
    }
}

impl Resampling {
    /// Values without intervals.
    #[must_use]
    pub fn none(seed: u64) -> Self {
        Self { half_samples: 0, seed }
    }
}

impl Estimate {
    /// Whether two measurements differ by more than noise, at 95 %: by more than the root of the sum
    /// of both squared half-widths. None where one has no interval.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> Option<bool> {
        let noise = self.reach()?.hypot(other.reach()?);
        Some((self.value - other.value).abs() > noise)
    }

    /// Half of the interval's width; the longer side where it ends at what the metric can be.
    fn reach(&self) -> Option<f64> {
        let Interval { low, high } = self.interval?;
        Some((self.value - low).max(high - self.value))
    }

    /// The value of the whole sample, then those of its halves.
    pub(crate) fn from_sets(values: &[f64]) -> Self {
        let (&value, halves) = values.split_first().expect("the whole sample is always measured");
        if halves.len() < 2 {
            return Self { value, interval: None };
        }
        let count = halves.len() as f64;
        let mean = halves.iter().sum::<f64>() / count;
        let squares: f64 = halves.iter().map(|half| (half - mean).powi(2)).sum();
        Self::with_deviation(value, (squares / (count - 1.0)).sqrt())
    }

    /// A value whose standard deviation over repetitions is known.
    pub(crate) fn with_deviation(value: f64, deviation: f64) -> Self {
        let reach = DEVIATIONS * deviation;
        Self { value, interval: Some(Interval { low: value - reach, high: value + reach }) }
    }

    /// The same with an interval that keeps to what the metric can be.
    pub(crate) fn within(mut self, least: f64, most: f64) -> Self {
        if let Some(interval) = &mut self.interval {
            interval.low = interval.low.max(least);
            interval.high = interval.high.min(most);
        }
        self
    }
}

/// Which samples belong to which half: a word for each sample, whose bit 0 (the whole sample) is
/// always set, and whose bit `h` says whether the sample belongs to half `h`.
#[derive(Clone, Debug)]
pub(crate) struct Halves {
    pub(crate) members: Vec<u64>,
    /// The whole sample and the halves.
    pub(crate) sets: usize,
}

impl Halves {
    /// Halves of `len` samples; each set of a comparison has a `stream` of its own.
    pub(crate) fn draw(len: usize, resampling: Resampling, stream: u64) -> Self {
        let halves = match resampling.half_samples {
            0 | 1 => 0,
            more => more.min(MOST_HALF_SAMPLES),
        };
        let mut members = vec![1u64; len];
        for half in 1..=halves {
            let stream = stream << 32 | half as u64;
            for index in choose(len, len / 2, resampling.seed, stream) {
                members[index] |= 1 << half;
            }
        }
        Self { members, sets: halves + 1 }
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
