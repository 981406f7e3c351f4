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

/// Which of two values of a metric is to be preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The lower one.
    Lower,
    /// The higher one.
    Higher,
    /// The one nearer to what real images have: the floor.
    AsReal,
}

impl Better {
    /// For the metric called `name` (as in [`Measurement::metric`](crate::Measurement::metric)).
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name {
            "fd" | "fd_infinity" | "kid" | "class_kl" => Self::Lower,
            "precision" | "recall" | "coverage" | "class_accuracy" | "classes_covered" => {
                Self::Higher
            }
            _ => Self::AsReal,
        }
    }

    /// Whether `new` is better than `old`. None without the floor where it decides.
    #[must_use]
    pub fn prefers(self, new: f64, old: f64, floor: Option<f64>) -> Option<bool> {
        Some(match self {
            Self::Lower => new < old,
            Self::Higher => new > old,
            Self::AsReal => {
                let floor = floor?;
                (new - floor).abs() < (old - floor).abs()
            }
        })
    }
}

impl Metric {
    /// The names of everything that can be measured, but for the shares of single classes.
    pub const NAMES: [&str; 14] = [
        "fd",
        "fd_infinity",
        "kid",
        "precision",
        "recall",
        "density",
        "coverage",
        "class_score",
        "classes_covered",
        "class_kl",
        "rarest_class",
        "authenticity",
        "data_copying",
        "diversity",
    ];

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
