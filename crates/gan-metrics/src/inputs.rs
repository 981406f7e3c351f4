//! What a metric looks at: the sets of a comparison, and what several metrics need of them, made
//! once.

use std::sync::OnceLock;

use crate::confidence::{Estimate, Resampling};
use crate::error::MetricError;
use crate::extracted::Extracted;
use crate::features::Features;
use crate::metrics::categories::{CategoryData, CategoryReport, category_report};
use crate::metrics::classes::ClassProbabilities;
use crate::metrics::density_coverage::{DensityCoverage, density_coverage};
use crate::metrics::modes::{ModeHits, ModeScore};
use crate::metrics::precision_recall::{PrecisionRecall, precision_recall};
use crate::neighbours::Neighbourhood;
use crate::neighbours::k_means::Cells;
use crate::oracles::{Scene, Verdict};

/// Neighbours of precision and recall, as in their paper.
pub const PRECISION_RECALL_K: usize = 3;
/// Neighbours of density and coverage, as in their paper.
pub const DENSITY_COVERAGE_K: usize = 5;

/// The real images of a comparison.
#[derive(Debug)]
pub struct Reals {
    /// Those that samples are measured against.
    pub reference: Extracted,
    /// Others, as many: measured in place of the samples they give the baseline.
    pub held_out: Option<Extracted>,
    /// The features of the images that the generator was trained on: of all of them, or copies go
    /// unseen.
    pub training: Option<Features>,
}

/// What of the real images is the same for all that is measured against them.
#[derive(Default)]
pub(crate) struct SharedParts {
    neighbourhood: OnceLock<Neighbourhood>,
    cells: OnceLock<Cells>,
}

/// What a metric is measured on.
pub struct Inputs<'a> {
    /// Real images.
    pub reference: &'a Extracted,
    /// The samples; for the baseline, other real images.
    pub fakes: &'a Extracted,
    /// Real images that neither generator nor reference knows.
    pub held_out: Option<&'a Extracted>,
    /// What the generator was trained on.
    pub training: Option<&'a Features>,
    /// How intervals are drawn.
    pub resampling: Resampling,
    /// Cells of the data-copying test.
    pub cells: usize,
    pub(crate) shared: &'a SharedParts,
    pub(crate) own: OwnParts,
}

/// What several metrics need of the samples.
#[derive(Default)]
pub(crate) struct OwnParts {
    neighbourhood: OnceLock<Neighbourhood>,
    precision_recall: OnceLock<PrecisionRecall>,
    density_coverage: OnceLock<DensityCoverage>,
    categories: OnceLock<CategoryReport>,
    modes: OnceLock<ModeScore>,
}

impl Inputs<'_> {
    /// Precision and recall.
    pub(crate) fn precision_recall(&self) -> Result<&PrecisionRecall, MetricError> {
        once(&self.own.precision_recall, || {
            precision_recall(self.real_neighbours()?, self.fake_neighbours()?, PRECISION_RECALL_K)
        })
    }

    /// Density and coverage.
    pub(crate) fn density_coverage(&self) -> Result<&DensityCoverage, MetricError> {
        once(&self.own.density_coverage, || {
            density_coverage(self.real_neighbours()?, self.fake_neighbours()?, DENSITY_COVERAGE_K)
        })
    }

    /// How the samples spread over the classes.
    pub(crate) fn categories(&self) -> Result<&CategoryReport, MetricError> {
        once(&self.own.categories, || {
            let reference = self.classes_of(self.reference)?;
            let data = reference.predictions();
            let data = CategoryData::Samples(&data, reference.classes());
            category_report(&self.classes_of(self.fakes)?.predictions(), data, self.resampling)
        })
    }

    /// How the samples spread over the modes.
    pub(crate) fn modes(&self) -> Result<&ModeScore, MetricError> {
        once(&self.own.modes, || {
            let missing = MetricError::Missing("data whose modes are known");
            let hits: &ModeHits = self.fakes.modes.as_ref().ok_or(missing)?;
            hits.score(self.resampling)
        })
    }

    /// How often the oracle says this of the samples.
    pub(crate) fn fraction_of(&self, verdict: Verdict) -> Result<Estimate, MetricError> {
        let verdicts = self.fakes.verdicts.as_ref().ok_or(MetricError::Missing("an oracle"))?;
        Ok(Scene::score(verdicts, self.resampling)?.of(verdict))
    }

    /// The cells of the data-copying test.
    pub(crate) fn cells(&self) -> Result<&Cells, MetricError> {
        let training = self.training()?;
        once(&self.shared.cells, || Cells::k_means(training, self.cells, self.resampling.seed))
    }

    /// The images that the generator was trained on.
    pub(crate) fn training(&self) -> Result<&Features, MetricError> {
        self.training.ok_or(MetricError::Missing("training images"))
    }

    /// Other real images.
    pub(crate) fn held_out(&self) -> Result<&Extracted, MetricError> {
        self.held_out.ok_or(MetricError::Missing("held-out real images"))
    }

    /// What a classifier says of `set`.
    pub(crate) fn classes_of<'s>(
        &self,
        set: &'s Extracted,
    ) -> Result<&'s ClassProbabilities, MetricError> {
        set.classes.as_ref().ok_or(MetricError::Missing("an extractor that is a classifier"))
    }

    fn real_neighbours(&self) -> Result<&Neighbourhood, MetricError> {
        once(&self.shared.neighbourhood, || self.neighbours_in(self.reference, 1))
    }

    fn fake_neighbours(&self) -> Result<&Neighbourhood, MetricError> {
        once(&self.own.neighbourhood, || self.neighbours_in(self.fakes, 2))
    }

    fn neighbours_in(&self, set: &Extracted, stream: u64) -> Result<Neighbourhood, MetricError> {
        let k = PRECISION_RECALL_K.max(DENSITY_COVERAGE_K);
        Neighbourhood::of(&set.features, k, self.resampling, stream)
    }
}

/// What `cell` holds, made by `make` the first time.
fn once<T>(
    cell: &OnceLock<T>,
    make: impl FnOnce() -> Result<T, MetricError>,
) -> Result<&T, MetricError> {
    match cell.get() {
        Some(made) => Ok(made),
        None => {
            let made = make()?;
            Ok(cell.get_or_init(|| made))
        }
    }
}
