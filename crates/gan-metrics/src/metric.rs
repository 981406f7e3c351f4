//! The steps of an evaluation: metrics that are measured together.

use serde::{Deserialize, Serialize};

/// A step of a [`Suite`](crate::Suite): what is measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// `fd`; above 1,024 dimensions with at most 8 half-samples, since each takes seconds.
    FrechetDistance,
    /// `fd_infinity`; above 1,024 dimensions without an interval.
    FdInfinity,
    /// `kid`.
    KernelDistance,
    /// `precision`, `recall`, `density`, `coverage`.
    Neighbours,
    /// `class_score`, `classes_covered`, `class_kl`, `rarest_class`, and `class_share_0` and so on;
    /// with class probabilities; `class_accuracy` with labels as well.
    Classes,
    /// `authenticity` and, with held-out images, `data_copying`; with training images.
    Memorisation,
    /// `diversity`.
    Diversity,
}

impl Metric {
    /// The step that measures the metric called `name` (as in [`Measurement::metric`](crate::Measurement::metric)), if any.
    #[must_use]
    pub fn measuring(name: &str) -> Option<Self> {
        Some(match name {
            "fd" => Self::FrechetDistance,
            "fd_infinity" => Self::FdInfinity,
            "kid" => Self::KernelDistance,
            "precision" | "recall" | "density" | "coverage" => Self::Neighbours,
            "class_accuracy" | "class_score" | "classes_covered" | "class_kl" | "rarest_class" => {
                Self::Classes
            }
            share if share.starts_with("class_share_") => Self::Classes,
            "authenticity" | "data_copying" => Self::Memorisation,
            "diversity" => Self::Diversity,
            _ => return None,
        })
    }
}
