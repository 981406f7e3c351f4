//! All metrics of a comparison, one after the other, as records for a table or a file.

use serde::{Deserialize, Serialize};

use crate::{
    Cells, ClassProbabilities, Estimate, ExtractorId, Features, KidSettings, Measurement, Metric,
    MetricError, Neighbourhood, Resampling, authenticity, category_report, category_shares,
    class_accuracy, class_score, data_copying, density_coverage, fd_infinity, frechet_distance,
    kernel_distance, mean_pairwise_distance, measurement_name, precision_recall,
};

/// Above so many dimensions (Inception's features have 2,048) a Fréchet distance is measured for at
/// most 8 half-samples, and FD∞ for none.
const MANY_DIMENSIONS: usize = 1024;

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

/// A comparison of samples with real images, ready to be measured step by step:
///
/// ```
/// use gan_metrics::{ExtractorId, Features, Metric, Sets, Suite, SuiteSettings};
///
/// let reals = Features::new(400, 2, (0..800).map(|i| (i as f32).sin()).collect())?;
/// let fakes = Features::new(400, 2, (0..800).map(|i| (i as f32).cos()).collect())?;
/// let extractor = ExtractorId { name: "pixels".into(), hash: String::new() };
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
    extractor: ExtractorId,
    features: Sets<'a, Features>,
    classes: Option<Sets<'a, ClassProbabilities>>,
    labels: Option<Labels<'a>>,
    training: Option<&'a Features>,
    settings: SuiteSettings,
}

/// The classes that images should be of.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// What a conditional generator was asked for.
    pub fakes: &'a [usize],
    /// What the held-out images are.
    pub held_out: Option<&'a [usize]>,
}

impl<'a> Suite<'a> {
    /// A comparison by features.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`], and [`MetricError::SizesDiffer`] unless sizes may differ.
    pub fn new(
        extractor: ExtractorId,
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
        Ok(Self { extractor, features, classes: None, labels: None, training: None, settings })
    }

    /// Adds what a classifier says about the same samples.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`] where the sets have other classes, [`MetricError::ClassRows`]
    /// where they hold other samples than the features.
    pub fn with_classes(
        mut self,
        classes: Sets<'a, ClassProbabilities>,
    ) -> Result<Self, MetricError> {
        for (what, set) in others(&classes) {
            MetricError::unless_same_dim(what, set.classes(), classes.reference.classes())?;
        }
        let rows = all(&classes).map(|(what, set)| (what, set.len()));
        for ((what, found), (of, features)) in rows.zip(all(&self.features)) {
            let needed = features.len();
            if what != of || found != needed {
                return Err(MetricError::ClassRows { what, found, needed });
            }
        }
        self.classes = Some(classes);
        Ok(self)
    }

    /// Adds the classes that the samples should be of, in their order; only read with
    /// [`Suite::with_classes`].
    pub fn with_labels(mut self, labels: Labels<'a>) -> Self {
        self.labels = Some(labels);
        self
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
        let resampling = self.settings.resampling;
        match metric {
            Metric::FrechetDistance => self.one("fd", self.at_most(8), frechet_distance),
            Metric::FdInfinity => self.one("fd_infinity", self.at_most(0), fd_infinity),
            Metric::KernelDistance => {
                let (subsets, subset_size) =
                    (self.settings.kid_subsets, self.settings.kid_subset_size);
                let mut measured =
                    self.one("kid", resampling, |reference, fakes, Resampling { seed, .. }| {
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
            Metric::Diversity => self.one("diversity", resampling, |_, fakes, resampling| {
                mean_pairwise_distance(fakes, resampling)
            }),
        }
    }

    fn one(
        &self,
        metric: &str,
        resampling: Resampling,
        measure: impl Fn(&Features, &Features, Resampling) -> Result<Estimate, MetricError>,
    ) -> Result<Vec<Measurement>, MetricError> {
        let sets = &self.features;
        let estimate = measure(sets.reference, sets.fakes, resampling)?;
        let floor = sets.held_out.map(|held_out| measure(sets.reference, held_out, resampling));
        let record = self.record(metric, estimate, floor.transpose()?);
        Ok(vec![Measurement { resampling, ..record }])
    }

    /// The settings' half-samples, but at most `halves` where each half's Fréchet distance takes as
    /// long as ten seconds.
    fn at_most(&self, halves: usize) -> Resampling {
        let Resampling { half_samples, seed } = self.settings.resampling;
        let many_dimensions = self.features.reference.dim() > MANY_DIMENSIONS;
        let most = if many_dimensions { halves } else { half_samples };
        Resampling { half_samples: half_samples.min(most), seed }
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
        let mut numbers: Vec<Measurement> = values.into_iter().enumerate().map(record).collect();
        if let Some(labels) = self.labels {
            let value = class_accuracy(sets.fakes, labels.fakes, resampling)?;
            let floor = match (sets.held_out, labels.held_out) {
                (Some(set), Some(labels)) => Some(class_accuracy(set, labels, resampling)?),
                _ => None,
            };
            numbers.insert(0, self.record("class_accuracy", value, floor));
        }
        Ok(numbers)
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
        let Sets { reference, fakes, .. } = self.features;
        let ratio = |floor: Estimate| {
            (metric.starts_with("fd") && floor.value > 0.0).then(|| estimate.value / floor.value)
        };
        Measurement {
            name: measurement_name(metric, &self.extractor.name, fakes.len()),
            metric: metric.to_owned(),
            extractor: self.extractor.clone(),
            samples: fakes.len(),
            reference_samples: reference.len(),
            k: None,
            estimate,
            floor,
            ratio_to_floor: floor.and_then(ratio),
            resampling: self.settings.resampling,
        }
    }
}

fn all<'a, T>(sets: &Sets<'a, T>) -> impl Iterator<Item = (&'static str, &'a T)> {
    std::iter::once(("the reference", sets.reference)).chain(others(sets))
}

fn others<'a, T>(sets: &Sets<'a, T>) -> impl Iterator<Item = (&'static str, &'a T)> {
    [("the fake set", Some(sets.fakes)), ("the held-out set", sets.held_out)]
        .into_iter()
        .filter_map(|(what, set)| Some((what, set?)))
}
