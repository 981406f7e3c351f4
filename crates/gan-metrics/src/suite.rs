//! All metrics of a comparison, one after the other, as records for a table or a file.

use std::collections::HashMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::confidence::{Estimate, Resampling};
use crate::error::MetricError;
use crate::extracted::Extracted;
use crate::inputs::{Inputs, OwnParts, Reals, SharedParts};
use crate::measurement::{ExtractorId, Measurement, measurement_name};
use crate::table::{METRICS, Metric, Need};

/// Whether sets of different sizes may be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sizes {
    /// They are refused: every metric depends on the number of samples.
    MustAgree,
    /// They are compared nevertheless.
    MayDiffer,
}

/// How a [`Suite`] measures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuiteSettings {
    /// Splits behind the intervals, and the seed of all random choices.
    pub resampling: Resampling,
    /// Whether sizes may differ.
    pub sizes: Sizes,
    /// Cells of the data-copying test.
    pub data_copying_cells: usize,
}

impl Default for SuiteSettings {
    fn default() -> Self {
        Self { resampling: Resampling::default(), sizes: Sizes::MustAgree, data_copying_cells: 10 }
    }
}

/// Real images, ready to measure any number of sets of samples against:
///
/// ```
/// use gan_metrics::{Extracted, ExtractorId, Features, Reals, Suite, SuiteSettings};
///
/// let reals = Features::new(400, 2, (0..800).map(|i| (i as f32).sin()).collect())?;
/// let fakes = Features::new(400, 2, (0..800).map(|i| (i as f32).cos()).collect())?;
/// let extractor = ExtractorId { name: "pixels".into(), hash: String::new() };
/// let reals = Reals { reference: Extracted::of(reals), held_out: None, training: None };
/// let suite = Suite::new(extractor, reals, SuiteSettings::default())?;
/// let fakes = Extracted::of(fakes);
/// let comparison = suite.compare(&fakes)?;
/// for metric in comparison.metrics() {
///     match comparison.measure(metric) {
///         Ok(numbers) => numbers.iter().for_each(|n| println!("{} {}", n.name, n.estimate.value)),
///         Err(refusal) => println!("{}: {refusal}", metric.name),
///     }
/// }
/// # Ok::<(), gan_metrics::MetricError>(())
/// ```
pub struct Suite {
    extractor: ExtractorId,
    reals: Reals,
    /// Both halves of the held-out images, for metrics that need such in two roles.
    held_out_halves: Option<[Extracted; 2]>,
    settings: SuiteSettings,
    shared: SharedParts,
    baselines: Mutex<HashMap<&'static str, Option<Vec<Estimate>>>>,
}

impl Suite {
    /// What samples are to be measured against.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`], [`MetricError::Rows`], and [`MetricError::SizesDiffer`] unless
    /// sizes may differ.
    pub fn new(
        extractor: ExtractorId,
        reals: Reals,
        settings: SuiteSettings,
    ) -> Result<Self, MetricError> {
        reals.reference.check("the reference")?;
        let held_out_halves = reals.held_out.as_ref().map(|set| {
            [0, 1].map(|from| set.select(&(from..set.len()).step_by(2).collect::<Vec<_>>()))
        });
        let suite = Self {
            extractor,
            reals,
            held_out_halves,
            settings,
            shared: SharedParts::default(),
            baselines: Mutex::default(),
        };
        if let Some(set) = &suite.reals.held_out {
            suite.check("the held-out set", set)?;
        }
        if let Some(training) = &suite.reals.training {
            let needed = suite.reals.reference.features.dim();
            MetricError::unless_same_dim("the training set", training.dim(), needed)?;
        }
        Ok(suite)
    }

    /// The real images.
    #[must_use]
    pub fn reals(&self) -> &Reals {
        &self.reals
    }

    /// `fakes` beside the real images.
    ///
    /// # Errors
    /// As [`Suite::new`].
    pub fn compare<'a>(&'a self, fakes: &'a Extracted) -> Result<Comparison<'a>, MetricError> {
        self.check("the fake set", fakes)?;
        let inputs = self.inputs(fakes, self.reals.held_out.as_ref());
        Ok(Comparison { suite: self, inputs })
    }

    /// The number that held-out real images have in place of samples, measured once.
    fn baseline(&self, metric: &'static Metric) -> Result<Option<Vec<Estimate>>, MetricError> {
        let known = || self.baselines.lock().expect("no measurement panics");
        if let Some(baseline) = known().get(metric.name) {
            return Ok(baseline.clone());
        }
        let inputs = match (&self.reals.held_out, &self.held_out_halves) {
            (None, _) | (_, None) => None,
            // Real images are needed in both roles.
            (_, Some([fakes, held_out])) if metric.needs == Need::HeldOut => {
                Some(self.inputs(fakes, Some(held_out)))
            }
            (Some(fakes), _) => Some(self.inputs(fakes, None)),
        };
        let inputs = inputs.filter(|inputs| has(metric.needs, inputs));
        let baseline = inputs.map(|inputs| (metric.measure)(&inputs)).transpose()?;
        known().insert(metric.name, baseline.clone());
        Ok(baseline)
    }

    fn inputs<'a>(&'a self, fakes: &'a Extracted, held_out: Option<&'a Extracted>) -> Inputs<'a> {
        Inputs {
            reference: &self.reals.reference,
            fakes,
            held_out,
            training: self.reals.training.as_ref(),
            resampling: self.settings.resampling,
            cells: self.settings.data_copying_cells,
            shared: &self.shared,
            own: OwnParts::default(),
        }
    }

    fn check(&self, what: &'static str, set: &Extracted) -> Result<(), MetricError> {
        set.check(what)?;
        let reference = &self.reals.reference;
        MetricError::unless_same_dim(what, set.features.dim(), reference.features.dim())?;
        if let (Some(found), Some(needed)) = (&set.classes, &reference.classes) {
            MetricError::unless_same_dim(what, found.classes(), needed.classes())?;
        }
        if set.len() != reference.len() && self.settings.sizes == Sizes::MustAgree {
            let (found, needed) = (set.len(), reference.len());
            return Err(MetricError::SizesDiffer { what, found, needed });
        }
        Ok(())
    }
}

/// A set of samples beside the real images.
pub struct Comparison<'a> {
    suite: &'a Suite,
    inputs: Inputs<'a>,
}

impl Comparison<'_> {
    /// What can be measured with what is there, quickest first.
    #[must_use]
    pub fn metrics(&self) -> Vec<&'static Metric> {
        METRICS.iter().filter(|metric| has(metric.needs, &self.inputs)).collect()
    }

    /// Measures `metric` without its baseline: one number, or one for each class.
    ///
    /// # Errors
    /// The refusal of the metric; others may still have answers.
    pub fn measure_value(&self, metric: &Metric) -> Result<Vec<Estimate>, MetricError> {
        (metric.measure)(&self.inputs)
    }

    /// Measures `metric`: one number, or one for each class.
    ///
    /// # Errors
    /// The refusal of the metric; others may still have answers.
    pub fn measure(&self, metric: &'static Metric) -> Result<Vec<Measurement>, MetricError> {
        let estimates = (metric.measure)(&self.inputs)?;
        let baselines = self.suite.baseline(metric)?;
        let record = |(at, estimate): (usize, Estimate)| {
            let name = match metric.is_per_class() {
                true => format!("{}_{at}", metric.name),
                false => metric.name.to_owned(),
            };
            let baseline = baselines.as_ref().map(|baselines| baselines[at].clone());
            self.record(metric, name, estimate, baseline)
        };
        Ok(estimates.into_iter().enumerate().map(record).collect())
    }

    fn record(
        &self,
        metric: &Metric,
        name: String,
        estimate: Estimate,
        baseline: Option<Estimate>,
    ) -> Measurement {
        let ratio = |baseline: &Estimate| {
            (metric.has_ratio() && baseline.value > 0.0).then(|| estimate.value / baseline.value)
        };
        let samples = self.inputs.fakes.len();
        let extractor = match (metric.needs, &self.inputs.fakes.judge) {
            (Need::Modes | Need::NearModes | Need::Scene, Some(judge)) => judge,
            _ => &self.suite.extractor,
        };
        Measurement {
            name: measurement_name(&name, &extractor.name, samples),
            metric: name,
            extractor: extractor.clone(),
            samples,
            reference_samples: self.inputs.reference.len(),
            k: metric.k,
            ratio_to_baseline: baseline.as_ref().and_then(ratio),
            estimate,
            baseline,
            resampling: self.inputs.resampling,
        }
    }
}

/// Whether the sets have what a metric needs.
fn has(need: Need, of: &Inputs<'_>) -> bool {
    let classes = || of.reference.classes.is_some() && of.fakes.classes.is_some();
    match need {
        Need::Features => true,
        Need::Classes => classes(),
        Need::Labels => classes() && of.fakes.labels.is_some(),
        Need::Modes => of.fakes.modes.is_some(),
        Need::Scene => of.fakes.verdicts.is_some(),
        Need::NearModes => of.fakes.modes.as_ref().is_some_and(|modes| modes.is_near.is_some()),
        Need::Training => of.training.is_some(),
        Need::HeldOut => of.training.is_some() && of.held_out.is_some(),
    }
}
