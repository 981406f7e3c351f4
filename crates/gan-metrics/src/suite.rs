//! All metrics of a comparison, one after the other, as records for a table or a file.

use serde::{Deserialize, Serialize};

use crate::{
    Cells, ClassProbabilities, Estimate, Features, KidSettings, MetricError, Neighbourhood,
    Resampling, authenticity, category_report, category_shares, class_score, data_copying,
    density_coverage, fd_infinity, frechet_distance, kernel_distance, mean_pairwise_distance,
    precision_recall,
};

/// What made the features.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extractor {
    /// Its name, part of each measurement's: `mnistcnn`, `inception`, `pixels`.
    pub name: String,
    /// A hash of its weights; empty where it has none.
    pub hash: String,
}

/// The sets of a comparison.
#[derive(Debug)]
pub struct Sets<'a, T> {
    /// Real images that the samples are measured against.
    pub reference: &'a T,
    /// Other real images, as many: measured in place of the fakes they give the floor.
    pub held_out: Option<&'a T>,
    /// The samples.
    pub fakes: &'a T,
}

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
    /// Half-samples behind the intervals, and the seed of all random choices.
    pub resampling: Resampling,
    /// Whether sizes may differ.
    pub sizes: Sizes,
    /// Neighbours of precision and recall.
    pub precision_recall_k: usize,
    /// Neighbours of density and coverage.
    pub density_coverage_k: usize,
    /// Subsets of the kernel distance.
    pub kid_subsets: usize,
    /// Samples in each of them.
    pub kid_subset_size: usize,
    /// Cells of the data-copying test.
    pub data_copying_cells: usize,
}

impl Default for SuiteSettings {
    fn default() -> Self {
        let KidSettings { subsets, subset_size, .. } = KidSettings::default();
        Self {
            resampling: Resampling::default(),
            sizes: Sizes::MustAgree,
            precision_recall_k: 3,
            density_coverage_k: 5,
            kid_subsets: subsets,
            kid_subset_size: subset_size,
            data_copying_cells: 10,
        }
    }
}

/// A step of a [`Suite`]: what is measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// `fd`.
    FrechetDistance,
    /// `fd_infinity`.
    FdInfinity,
    /// `kid`.
    KernelDistance,
    /// `precision`, `recall`, `density`, `coverage`.
    Neighbours,
    /// `class_score`, `classes_covered`, `class_kl`, `rarest_class`, and `class_share_0` and so on;
    /// with class probabilities.
    Classes,
    /// `authenticity` and, with held-out images, `data_copying`; with training images.
    Memorisation,
    /// `diversity`.
    Diversity,
}

/// One number, with all that is needed to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Metric, extractor and number of samples: `fd_mnistcnn_10k`.
    pub name: String,
    /// The metric alone: `fd`.
    pub metric: String,
    /// What made the features.
    pub extractor: Extractor,
    /// Number of fakes.
    pub samples: usize,
    /// Number of reference images.
    pub reference_samples: usize,
    /// Neighbours looked at, or samples in a subset, where the metric has such a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<usize>,
    /// The number, with its interval.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// The same for held-out real images in place of the fakes.
    pub floor: Option<Estimate>,
    /// The number divided by its floor, for Fréchet distances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio_to_floor: Option<f64>,
    /// Half-samples behind the interval, and what everything was drawn from.
    #[serde(flatten)]
    pub resampling: Resampling,
}

/// A comparison of samples with real images, ready to be measured step by step:
///
/// ```
/// use gan_metrics::{Extractor, Features, Metric, Sets, Suite, SuiteSettings};
///
/// let reals = Features::new(400, 2, (0..800).map(|i| (i as f32).sin()).collect())?;
/// let fakes = Features::new(400, 2, (0..800).map(|i| (i as f32).cos()).collect())?;
/// let extractor = Extractor { name: "pixels".into(), hash: String::new() };
/// let sets = Sets { reference: &reals, held_out: None, fakes: &fakes };
/// let suite = Suite::new(extractor, sets, SuiteSettings::default())?;
/// for metric in suite.metrics() {
///     match suite.measure(metric) {
///         Ok(numbers) => numbers.iter().for_each(|n| println!("{} {}", n.name, n.estimate.value)),
///         Err(refusal) => println!("{metric:?}: {refusal}"),
///     }
/// }
/// # Ok::<(), gan_metrics::MetricError>(())
/// ```
pub struct Suite<'a> {
    extractor: Extractor,
    features: Sets<'a, Features>,
    classes: Option<Sets<'a, ClassProbabilities>>,
    training: Option<&'a Features>,
    settings: SuiteSettings,
}

impl<'a> Suite<'a> {
    /// A comparison by features.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`], and [`MetricError::SizesDiffer`] unless sizes may differ.
    pub fn new(
        extractor: Extractor,
        features: Sets<'a, Features>,
        settings: SuiteSettings,
    ) -> Result<Self, MetricError> {
        let needed = features.reference;
        for (what, set) in others(&features) {
            MetricError::unless_same_dim(what, set.dim(), needed.dim())?;
            if set.len() != needed.len() && settings.sizes == Sizes::MustAgree {
                let (found, needed) = (set.len(), needed.len());
                return Err(MetricError::SizesDiffer { what, found, needed });
            }
        }
        Ok(Self { extractor, features, classes: None, training: None, settings })
    }

    /// Adds what a classifier says about the same samples.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`] where the sets have other classes.
    pub fn with_classes(
        mut self,
        classes: Sets<'a, ClassProbabilities>,
    ) -> Result<Self, MetricError> {
        for (what, set) in others(&classes) {
            MetricError::unless_same_dim(what, set.classes(), classes.reference.classes())?;
        }
        self.classes = Some(classes);
        Ok(self)
    }

    /// Adds the images that the generator was trained on: all of them, or copies go unseen.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`].
    pub fn with_training(mut self, training: &'a Features) -> Result<Self, MetricError> {
        let needed = self.features.reference.dim();
        MetricError::unless_same_dim("the training set", training.dim(), needed)?;
        self.training = Some(training);
        Ok(self)
    }

    /// What can be measured with what is there, quickest first.
    #[must_use]
    pub fn metrics(&self) -> Vec<Metric> {
        let mut metrics = Vec::new();
        if self.classes.is_some() {
            metrics.push(Metric::Classes);
        }
        metrics.extend([
            Metric::FrechetDistance,
            Metric::Diversity,
            Metric::KernelDistance,
            Metric::Neighbours,
            Metric::FdInfinity,
        ]);
        if self.training.is_some() {
            metrics.push(Metric::Memorisation);
        }
        metrics
    }

    /// Measures one step.
    ///
    /// # Errors
    /// The refusals of the metrics; other steps may still have answers.
    pub fn measure(&self, metric: Metric) -> Result<Vec<Measurement>, MetricError> {
        match metric {
            Metric::FrechetDistance => self.one("fd", frechet_distance),
            Metric::FdInfinity => self.one("fd_infinity", fd_infinity),
            Metric::KernelDistance => {
                let (subsets, subset_size) =
                    (self.settings.kid_subsets, self.settings.kid_subset_size);
                let mut measured =
                    self.one("kid", |reference, fakes, Resampling { seed, .. }| {
                        kernel_distance(
                            reference,
                            fakes,
                            KidSettings { subsets, subset_size, seed },
                        )
                    })?;
                measured.iter_mut().for_each(|measured| measured.k = Some(subset_size));
                Ok(measured)
            }
            Metric::Neighbours => self.neighbours(),
            Metric::Classes => self.class_numbers(),
            Metric::Memorisation => self.memorisation(),
            Metric::Diversity => self
                .one("diversity", |_, fakes, resampling| mean_pairwise_distance(fakes, resampling)),
        }
    }

    fn one(
        &self,
        metric: &str,
        measure: impl Fn(&Features, &Features, Resampling) -> Result<Estimate, MetricError>,
    ) -> Result<Vec<Measurement>, MetricError> {
        let (sets, resampling) = (&self.features, self.settings.resampling);
        let estimate = measure(sets.reference, sets.fakes, resampling)?;
        let floor = sets.held_out.map(|held_out| measure(sets.reference, held_out, resampling));
        Ok(vec![self.record(metric, estimate, floor.transpose()?)])
    }

    fn neighbours(&self) -> Result<Vec<Measurement>, MetricError> {
        let SuiteSettings {
            precision_recall_k: k_pr, density_coverage_k: k_dc, resampling, ..
        } = self.settings;
        let of = |set, stream| Neighbourhood::of(set, k_pr.max(k_dc), resampling, stream);
        let reference = of(self.features.reference, 1)?;
        let against = |set| {
            let set = of(set, 2)?;
            let pr = precision_recall(&reference, &set, k_pr)?;
            let dc = density_coverage(&reference, &set, k_dc)?;
            Ok([pr.precision, pr.recall, dc.density, dc.coverage])
        };
        let values = against(self.features.fakes)?;
        let floors = self.features.held_out.map(against).transpose()?;
        let names = [("precision", k_pr), ("recall", k_pr), ("density", k_dc), ("coverage", k_dc)];
        let record = |(at, (name, k)): (usize, (&str, usize))| {
            let mut record = self.record(name, values[at], floors.map(|floors| floors[at]));
            record.k = Some(k);
            record
        };
        Ok(names.into_iter().enumerate().map(record).collect())
    }

    fn class_numbers(&self) -> Result<Vec<Measurement>, MetricError> {
        let Some(sets) = &self.classes else { return Ok(Vec::new()) };
        let resampling = self.settings.resampling;
        let data = category_shares(&sets.reference.predictions(), sets.reference.classes())?;
        let numbers = |set: &ClassProbabilities| {
            let report = category_report(&set.predictions(), &data, resampling)?;
            let mut numbers = vec![
                ("class_score".to_owned(), class_score(set, resampling)?),
                ("classes_covered".to_owned(), report.covered),
                ("class_kl".to_owned(), report.reverse_kl),
                ("rarest_class".to_owned(), report.rarest),
            ];
            let share = |(class, share)| (format!("class_share_{class}"), share);
            numbers.extend(report.shares.into_iter().enumerate().map(share));
            Ok(numbers)
        };
        let values = numbers(sets.fakes)?;
        let floors = sets.held_out.map(numbers).transpose()?;
        let record = |(at, (name, value)): (usize, (String, Estimate))| {
            self.record(&name, value, floors.as_ref().map(|floors| floors[at].1))
        };
        Ok(values.into_iter().enumerate().map(record).collect())
    }

    fn memorisation(&self) -> Result<Vec<Measurement>, MetricError> {
        let Some(training) = self.training else { return Ok(Vec::new()) };
        let Sets { held_out, fakes, .. } = self.features;
        let resampling = self.settings.resampling;
        let authentic = |set| authenticity(training, set, resampling);
        let floor = held_out.map(authentic).transpose()?;
        let mut numbers = vec![self.record("authenticity", authentic(fakes)?, floor)];
        if let Some(held_out) = held_out {
            let cells = self.settings.data_copying_cells;
            let cells = Cells::k_means(training, cells, resampling.seed)?;
            let copying = |held_out: &Features, set: &Features| {
                data_copying(training, held_out, set, &cells, resampling)
            };
            // The floor needs real images in both roles: every other one in each.
            let every_other =
                |from| held_out.select(&(from..held_out.len()).step_by(2).collect::<Vec<_>>());
            let floor = copying(&every_other(0), &every_other(1))?;
            numbers.push(self.record("data_copying", copying(held_out, fakes)?, Some(floor)));
        }
        Ok(numbers)
    }

    fn record(&self, metric: &str, estimate: Estimate, floor: Option<Estimate>) -> Measurement {
        let samples = self.features.fakes.len();
        let ratio = |floor: Estimate| {
            (metric.starts_with("fd") && floor.value > 0.0).then(|| estimate.value / floor.value)
        };
        Measurement {
            name: format!("{metric}_{}_{}", self.extractor.name, in_thousands(samples)),
            metric: metric.to_owned(),
            extractor: self.extractor.clone(),
            samples,
            reference_samples: self.features.reference.len(),
            k: None,
            estimate,
            floor,
            ratio_to_floor: floor.and_then(ratio),
            resampling: self.settings.resampling,
        }
    }
}

fn others<'a, T>(sets: &Sets<'a, T>) -> impl Iterator<Item = (&'static str, &'a T)> {
    [("the fake set", Some(sets.fakes)), ("the held-out set", sets.held_out)]
        .into_iter()
        .filter_map(|(what, set)| Some((what, set?)))
}

/// `10k` for 10,000, `2500` for 2,500.
fn in_thousands(count: usize) -> String {
    if count > 0 && count.is_multiple_of(1000) {
        format!("{}k", count / 1000)
    } else {
        count.to_string()
    }
}
