//! Which of two numbers of a metric is to be preferred.

use gan_metrics::{Estimate, Measurement};

/// Whether `candidate` is better than `other`, by value; `None` where a number should be as in the
/// real data and nothing says how that is.
pub fn is_better(candidate: &Measurement, other: &Estimate) -> Option<bool> {
    let (candidate_value, other) = (candidate.estimate.value, other.value);
    match candidate.metric.as_str() {
        "fd" | "fd_infinity" | "kid" | "class_kl" | "mode_kl" => Some(candidate_value < other),
        "precision" | "recall" | "coverage" | "class_accuracy" | "classes_covered" => {
            Some(candidate_value > other)
        }
        // Neither: it is to be as in the real data.
        _ => candidate
            .floor
            .map(|real| (candidate_value - real.value).abs() < (other - real.value).abs()),
    }
}
