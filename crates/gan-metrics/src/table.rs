//! The one table of metrics. A new metric is a file in `metrics/` and a row here.

use crate::confidence::Estimate;
use crate::error::MetricError;
use crate::inputs::{DENSITY_COVERAGE_K, Inputs, PRECISION_RECALL_K};
use crate::metrics::authenticity::authenticity;
use crate::metrics::classes::{class_accuracy, class_score};
use crate::metrics::data_copying::data_copying;
use crate::metrics::diversity::mean_pairwise_distance;
use crate::metrics::fd_infinity::fd_infinity;
use crate::metrics::frechet::frechet_distance;
use crate::metrics::kid::kernel_distance;
use crate::oracles::Verdict;

/// A number that can be measured.
pub struct Metric {
    /// Its name: `fd`.
    pub name: &'static str,
    /// What must be known of the sets.
    pub needs: Need,
    /// Which of two values is to be preferred.
    pub better: Better,
    /// Neighbours that are looked at, where it looks at any.
    pub k: Option<usize>,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// Measures it: one number, or one for each class.
    pub(crate) measure: fn(&Inputs<'_>) -> Result<Vec<Estimate>, MetricError>,
}

/// What a metric needs beside the features of samples and of real images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Features,
    /// Class probabilities: an extractor that is a classifier.
    Classes,
    /// Class probabilities, and the classes that the images should be of.
    Labels,
    /// Data whose modes are known.
    Modes,
    /// Data whose modes are known and have a width.
    NearModes,
    /// Data that keeps a rule, and an oracle that knows it.
    Scene,
    /// The training images.
    Training,
    /// The training images, and real ones that are not among them.
    HeldOut,
}

/// Which of two values of a metric is to be preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The lower one.
    Lower,
    /// The higher one.
    Higher,
    /// The one nearer to 0.
    NearZero,
    /// The one nearer to the baseline, which other real images have in place of the samples.
    AsBaseline,
}

impl Better {
    /// How far `value` is from the best there is; the lower of two is to be preferred. None without
    /// the baseline where it decides.
    #[must_use]
    pub fn loss(self, value: f64, baseline: Option<f64>) -> Option<f64> {
        Some(match self {
            Self::Lower => value,
            Self::Higher => -value,
            Self::NearZero => value.abs(),
            Self::AsBaseline => (value - baseline?).abs(),
        })
    }

    /// Whether `new` is better than `old`. None without the baseline where it decides.
    #[must_use]
    pub fn prefers(self, new: f64, old: f64, baseline: Option<f64>) -> Option<bool> {
        Some(self.loss(new, baseline)? < self.loss(old, baseline)?)
    }

    /// For a table: `lower`, `higher`, `near 0`, `as baseline`.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::NearZero => "near 0",
            Self::AsBaseline => "as baseline",
        }
    }
}

impl Metric {
    /// The row called `name` (as in [`Measurement::metric`](crate::Measurement::metric)), if any;
    /// `class_share_3` is one of the numbers of `class_share`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let row = |name: &str| METRICS.iter().find(|metric| metric.name == name);
        row(name).filter(|metric| !metric.is_per_class()).or_else(|| {
            let (family, class) = name.rsplit_once('_')?;
            class.parse::<usize>().ok()?;
            row(family).filter(|metric| metric.is_per_class())
        })
    }

    /// Whether there is a number for each class.
    #[must_use]
    pub fn is_per_class(&self) -> bool {
        self.name == "class_share"
    }

    /// Whether a ratio to the baseline says something: for Fréchet distances, which are above 0.
    #[must_use]
    pub fn has_ratio(&self) -> bool {
        self.name == "fd"
    }
}

impl std::fmt::Debug for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metric").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All that can be measured, in the order of a table: the quickest first.
pub static METRICS: &[Metric] = &[
    Metric {
        name: "modes",
        needs: Need::Modes,
        better: Better::Higher,
        k: None,
        meaning: "modes of the data that at least one sample hits",
        measure: |of| one(of.modes()?.modes.clone()),
    },
    Metric {
        name: "high_quality",
        needs: Need::NearModes,
        better: Better::AsBaseline,
        k: None,
        meaning: "fraction of samples within three standard deviations of a mode",
        measure: |of| {
            let quality = of.modes()?.high_quality.clone();
            one(quality.ok_or(MetricError::Missing("modes that have a width"))?)
        },
    },
    Metric {
        name: "reverse_kl",
        needs: Need::Modes,
        better: Better::Lower,
        k: None,
        meaning: "how unevenly the samples spread over the modes, in nats",
        measure: |of| one(of.modes()?.reverse_kl.clone()),
    },
    Metric {
        name: "scene_right",
        needs: Need::Scene,
        better: Better::AsBaseline,
        k: None,
        meaning: "fraction of samples that keep the rule of the data, by an exact oracle",
        measure: |of| one(of.fraction_of(Verdict::Right)?),
    },
    Metric {
        name: "scene_wrong",
        needs: Need::Scene,
        better: Better::AsBaseline,
        k: None,
        meaning: "fraction of samples that can be read and break the rule",
        measure: |of| one(of.fraction_of(Verdict::Wrong)?),
    },
    Metric {
        name: "scene_unreadable",
        needs: Need::Scene,
        better: Better::AsBaseline,
        k: None,
        meaning: "fraction of samples that are no image of the kind",
        measure: |of| one(of.fraction_of(Verdict::Unreadable)?),
    },
    Metric {
        name: "class_accuracy",
        needs: Need::Labels,
        better: Better::AsBaseline,
        k: None,
        meaning: "fraction of samples that show the class they were asked for",
        measure: |of| {
            let labels = of.fakes.labels.as_deref().ok_or(MetricError::Missing("labels"))?;
            one(class_accuracy(of.classes_of(of.fakes)?, labels, of.resampling)?)
        },
    },
    Metric {
        name: "class_score",
        needs: Need::Classes,
        better: Better::AsBaseline,
        k: None,
        meaning: "how clearly each sample is of one class and how evenly all classes occur",
        measure: |of| one(class_score(of.classes_of(of.fakes)?, of.resampling)?),
    },
    Metric {
        name: "classes_covered",
        needs: Need::Classes,
        better: Better::Higher,
        k: None,
        meaning: "classes that at least one sample shows",
        measure: |of| one(of.categories()?.covered.clone()),
    },
    Metric {
        name: "class_kl",
        needs: Need::Classes,
        better: Better::Lower,
        k: None,
        meaning: "how far the samples' shares of the classes are from the data's, in nats",
        measure: |of| one(of.categories()?.reverse_kl.clone()),
    },
    Metric {
        name: "rarest_class",
        needs: Need::Classes,
        better: Better::AsBaseline,
        k: None,
        meaning: "share of the rarest class, as a fraction of its share in the data",
        measure: |of| one(of.categories()?.rarest.clone()),
    },
    Metric {
        name: "class_share",
        needs: Need::Classes,
        better: Better::AsBaseline,
        k: None,
        meaning: "fraction of samples that show the class",
        measure: |of| Ok(of.categories()?.shares.clone()),
    },
    Metric {
        name: "fd",
        needs: Need::Features,
        better: Better::Lower,
        k: None,
        meaning: "Fréchet distance: how far mean and covariance of the features are from real ones",
        measure: |of| {
            one(frechet_distance(&of.reference.features, &of.fakes.features, of.resampling)?)
        },
    },
    Metric {
        name: "diversity",
        needs: Need::Features,
        better: Better::AsBaseline,
        k: None,
        meaning: "mean distance between two samples: 0 for a collapsed generator",
        measure: |of| one(mean_pairwise_distance(&of.fakes.features, of.resampling)?),
    },
    Metric {
        name: "kid",
        needs: Need::Features,
        better: Better::NearZero,
        k: None,
        meaning: "kernel distance: like fd, but without its bias at few samples",
        measure: |of| {
            one(kernel_distance(&of.reference.features, &of.fakes.features, of.resampling)?)
        },
    },
    Metric {
        name: "precision",
        needs: Need::Features,
        better: Better::AsBaseline,
        k: Some(PRECISION_RECALL_K),
        meaning: "fraction of samples that look like real images",
        measure: |of| one(of.precision_recall()?.precision.clone()),
    },
    Metric {
        name: "recall",
        needs: Need::Features,
        better: Better::AsBaseline,
        k: Some(PRECISION_RECALL_K),
        meaning: "fraction of real images that look like samples: low where kinds are missing",
        measure: |of| one(of.precision_recall()?.recall.clone()),
    },
    Metric {
        name: "density",
        needs: Need::Features,
        better: Better::AsBaseline,
        k: Some(DENSITY_COVERAGE_K),
        meaning: "how many real images a sample has around it: high where samples are too typical",
        measure: |of| one(of.density_coverage()?.density.clone()),
    },
    Metric {
        name: "coverage",
        needs: Need::Features,
        better: Better::AsBaseline,
        k: Some(DENSITY_COVERAGE_K),
        meaning: "fraction of real images that have a sample near them",
        measure: |of| one(of.density_coverage()?.coverage.clone()),
    },
    Metric {
        name: "fd_infinity",
        needs: Need::Features,
        better: Better::NearZero,
        k: None,
        meaning: "fd extrapolated to infinitely many samples",
        measure: |of| one(fd_infinity(&of.reference.features, &of.fakes.features, of.resampling)?),
    },
    Metric {
        name: "authenticity",
        needs: Need::Training,
        better: Better::AsBaseline,
        k: None,
        meaning: "fraction of samples that are no near copies of a training image",
        measure: |of| one(authenticity(of.training()?, &of.fakes.features, of.resampling)?),
    },
    Metric {
        name: "data_copying",
        needs: Need::HeldOut,
        better: Better::NearZero,
        k: None,
        meaning: "z-score: far below 0 samples are nearer to training images than real images are",
        measure: |of| {
            let (training, held_out) = (of.training()?, &of.held_out()?.features);
            one(data_copying(training, held_out, &of.fakes.features, of.cells()?, of.resampling)?)
        },
    },
];

fn one(estimate: Estimate) -> Result<Vec<Estimate>, MetricError> {
    Ok(vec![estimate])
}
