//! A measured number as it is kept: with its name, its extractor, its baseline and its seed.

use serde::{Deserialize, Serialize};

use crate::confidence::{Estimate, Resampling};

/// One number, with all that is needed to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Metric, extractor and number of samples: `fd_mnistcnn_10k`.
    pub name: String,
    /// The metric alone: `fd`.
    pub metric: String,
    /// What made the features, or found modes and verdicts.
    pub extractor: ExtractorId,
    /// Number of samples.
    pub samples: usize,
    /// Number of reference images.
    pub reference_samples: usize,
    /// Neighbours looked at, where the metric looks at any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<usize>,
    /// The number, with its interval.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// The same for held-out real images in place of the samples: what a perfect generator has.
    pub baseline: Option<Estimate>,
    /// The number divided by its baseline, for the Fréchet distance. It depends on the number of
    /// samples, since the baseline falls as they grow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio_to_baseline: Option<f64>,
    /// Splits behind the interval, and what everything was drawn from.
    #[serde(flatten)]
    pub resampling: Resampling,
}

/// What looked at the images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractorId {
    /// Its name, part of each measurement's: `mnistcnn`, `inception`, `pixels`.
    pub name: String,
    /// A hash of its weights; empty where it has none.
    pub hash: String,
}

/// The full name of a metric: `fd_mnistcnn_10k`, or `fd_mnistcnn_2500` where the number of samples is
/// no multiple of 1,000.
#[must_use]
pub fn measurement_name(metric: &str, extractor: &str, samples: usize) -> String {
    format!("{metric}_{extractor}_{}", in_thousands(samples))
}

/// `10k` for 10,000, `2500` for 2,500.
fn in_thousands(count: usize) -> String {
    if count > 0 && count.is_multiple_of(1000) {
        format!("{}k", count / 1000)
    } else {
        count.to_string()
    }
}
