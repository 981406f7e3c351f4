//! How a run fares, in plain numbers: what the guard looks at while it trains, and the doctor afterwards.

use serde::{Deserialize, Serialize};

use super::values::StepValues;

/// Means over the steps since the last report.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vitals {
    /// Steps taken.
    pub step: u64,
    /// How many of them the means are of.
    pub steps: u64,
    /// Mean of each value; the `step` in it is that of the report.
    pub means: StepValues,
}

/// What the images of the fixed latents are like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleStats {
    /// Steps taken.
    pub step: u64,
    /// Mean Euclidean distance between two of them, divided by that between two real images.
    pub spread: f64,
    /// Upper end of the 95 % interval of `spread` (delete-one jackknife).
    pub spread_high: f64,
    /// Mean distance of each from what it was last time, divided in the same way; none at first.
    pub moved: Option<f64>,
}

/// How many samples were taken to be of each class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassCounts {
    /// Steps taken.
    pub step: u64,
    /// By class.
    pub counts: Vec<u64>,
    /// Fraction of the data that is of each class.
    pub of_data: Vec<f64>,
}
