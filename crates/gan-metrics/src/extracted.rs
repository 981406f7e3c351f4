//! What is known of a set of images, however it came about.

use crate::error::MetricError;
use crate::features::Features;
use crate::measurement::ExtractorId;
use crate::metrics::classes::ClassProbabilities;
use crate::metrics::modes::ModeHits;
use crate::oracles::Verdict;

/// What an extractor, a classifier or an oracle said of a set of images; a metric is measured where
/// all of its sets have what it needs. A clone shares the features.
#[derive(Clone, Debug)]
pub struct Extracted {
    /// A row for each image.
    pub features: Features,
    /// What a classifier takes each image for.
    pub classes: Option<ClassProbabilities>,
    /// The class that each image is of, or that a conditional generator was asked for.
    pub labels: Option<Vec<usize>>,
    /// The mode that each image belongs to, of data whose modes are known.
    pub modes: Option<ModeHits>,
    /// Whether each image keeps the rule of the data, by its oracle.
    pub verdicts: Option<Vec<Verdict>>,
    /// What found modes or verdicts, where it is not what made the features: their numbers bear its
    /// name.
    pub judge: Option<ExtractorId>,
}

impl Extracted {
    /// Features alone.
    #[must_use]
    pub fn of(features: Features) -> Self {
        Self { features, classes: None, labels: None, modes: None, verdicts: None, judge: None }
    }

    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The images at `indices`.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let pick = |all: &Vec<usize>| indices.iter().map(|&index| all[index]).collect();
        Self {
            features: self.features.select(indices),
            classes: self.classes.as_ref().map(|classes| classes.select(indices)),
            labels: self.labels.as_ref().map(pick),
            modes: self.modes.as_ref().map(|modes| modes.select(indices)),
            verdicts: self
                .verdicts
                .as_ref()
                .map(|verdicts| indices.iter().map(|&index| verdicts[index]).collect()),
            judge: self.judge.clone(),
        }
    }

    /// Refuses parts that are not about the same images.
    pub(crate) fn check(&self, what: &'static str) -> Result<(), MetricError> {
        let needed = self.len();
        let counts = [
            ("class probabilities", self.classes.as_ref().map(ClassProbabilities::len)),
            ("labels", self.labels.as_ref().map(Vec::len)),
            ("modes", self.modes.as_ref().map(|modes| modes.nearest.len())),
            ("verdicts", self.verdicts.as_ref().map(Vec::len)),
        ];
        for (part, found) in counts {
            if let Some(found) = found.filter(|&found| found != needed) {
                return Err(MetricError::Rows { part, what, found, needed });
            }
        }
        Ok(())
    }
}
