//! Names of metrics.

use std::fmt;
use std::str::FromStr;

use gan_data::{ImageSet, Modes};
use gan_metrics::{Better, METRICS, Metric, Need, measurement_name};

use crate::choice::{default_extractor, default_samples};
use crate::error::EvaluationError;
use crate::extraction::ORACLE;

/// What needs no file of weights.
const EXTRACTORS: [&str; 5] = ["mnistcnn", "randomcnn", "pixels", "points", ORACLE];

/// The name of a number, as in `fd_mnistcnn_10k`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricName {
    /// The metric: `fd`, `class_share_3`.
    pub metric: String,
    /// The extractor: `mnistcnn`; of modes and verdicts, what finds them.
    pub extractor: String,
    /// Number of samples.
    pub samples: usize,
}

impl MetricName {
    /// The Fréchet distance with the extractor that fits `data`.
    #[must_use]
    pub fn default_for(data: &ImageSet) -> Self {
        Self {
            metric: "fd".to_owned(),
            extractor: default_extractor(data).to_owned(),
            samples: default_samples(data),
        }
    }

    /// The row of the table.
    #[must_use]
    pub fn row(&self) -> &'static Metric {
        Metric::named(&self.metric).expect("a name is parsed against the table")
    }

    /// Which of two values is to be preferred.
    #[must_use]
    pub fn better(&self) -> Better {
        self.row().better
    }

    /// What finds the modes or verdicts that this is about, where it is not the extractor.
    fn judge(&self, data: &ImageSet) -> Option<&'static str> {
        match (self.row().needs, data.modes()?) {
            (Need::Modes | Need::NearModes, Modes::StackedDigits) => Some("mnistcnn"),
            (Need::Scene, Modes::Scene(_)) => Some(ORACLE),
            _ => None,
        }
    }

    /// The extractor that makes the features of `data` for it.
    pub(crate) fn features_of(&self, data: &ImageSet) -> &str {
        match self.judge(data) {
            Some(_) => default_extractor(data),
            None => &self.extractor,
        }
    }

    /// Refuses what cannot be measured on `data`.
    ///
    /// # Errors
    /// [`EvaluationError::Unmeasurable`].
    pub fn check(&self, data: &ImageSet) -> Result<(), EvaluationError> {
        let is_of_classes = matches!(self.row().needs, Need::Classes | Need::Labels);
        let is_of_modes = matches!(self.row().needs, Need::Modes | Need::NearModes);
        let judge = self.judge(data);
        let problem = if let Some(judge) = judge.filter(|&judge| judge != self.extractor) {
            format!("of these images that is found by {judge}, not by {}", self.extractor)
        } else if judge.is_none() && self.extractor == ORACLE {
            "an oracle is for scene_right, scene_wrong and scene_unreadable".to_owned()
        } else if judge.is_none() && self.extractor == "mnistcnn" && data.shape() != [1, 28, 28] {
            "the extractor mnistcnn is for grey images of 28 × 28".to_owned()
        } else if self.extractor == "points" && !data.is_points() {
            "the extractor points is for points in the plane".to_owned()
        } else if is_of_classes && self.extractor != "mnistcnn" {
            format!("that takes a classifier, and {} is none", self.extractor)
        } else if is_of_modes && data.modes().is_none() {
            "that takes data whose modes are known, as `gan data synth` makes it".to_owned()
        } else if self.row().needs == Need::Scene && data.scene().is_none() {
            "that takes data with an oracle: dots, shapes, polygons or boxes of `gan data synth`"
                .to_owned()
        } else if is_of_modes && data.scene().is_some() {
            "this data has a rule, not modes: scene_right, scene_wrong, scene_unreadable".to_owned()
        } else if self.samples > data.len() {
            format!("{} has only {} images", data.name(), data.len())
        } else {
            return Ok(());
        };
        Err(EvaluationError::Unmeasurable { metric: self.to_string(), problem })
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&measurement_name(&self.metric, &self.extractor, self.samples))
    }
}

impl FromStr for MetricName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const SHAPE: &str = "write METRIC_EXTRACTOR_SAMPLES, such as fd_mnistcnn_10k";
        let (rest, samples) = text.rsplit_once('_').ok_or(SHAPE)?;
        let (metric, extractor) = rest.rsplit_once('_').ok_or(SHAPE)?;
        if Metric::named(metric).is_none() {
            let names = METRICS.iter().map(|row| match row.is_per_class() {
                true => format!("{}_0 and so on", row.name),
                false => row.name.to_owned(),
            });
            let names = names.collect::<Vec<_>>().join(", ");
            return Err(format!("there is no metric `{metric}`, only {names}; {SHAPE}"));
        }
        if !EXTRACTORS.contains(&extractor) {
            return Err(format!(
                "the extractor `{extractor}` cannot be used in training, only {}",
                EXTRACTORS.join(", ")
            ));
        }
        let (digits, unit) = match samples.strip_suffix('k') {
            Some(digits) => (digits, 1000),
            None => (samples, 1),
        };
        let samples = digits.parse::<usize>().ok().and_then(|count| count.checked_mul(unit));
        let samples = samples
            .filter(|&count| count > 0)
            .ok_or_else(|| "the number of samples comes last: 500, 2500, 10k".to_owned())?;
        Ok(Self { metric: metric.to_owned(), extractor: extractor.to_owned(), samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_verdicts_are_named_after_what_finds_them() {
        let stacked = ImageSet::new("stacked", [3, 28, 28], vec![0; 4 * 2352], None).unwrap();
        let stacked = stacked.with_modes(Modes::StackedDigits).unwrap();
        let dots = ImageSet::new("dots", [1, 32, 32], vec![0; 4 * 1024], None).unwrap();
        let dots = dots.with_modes(Modes::Scene("dots 6-6".to_owned())).unwrap();
        for (name, data, features) in [
            ("modes_mnistcnn_2", &stacked, "randomcnn"),
            ("scene_right_oracle_2", &dots, "randomcnn"),
            ("fd_pixels_2", &dots, "pixels"),
        ] {
            let name: MetricName = name.parse().unwrap();
            name.check(data).unwrap();
            assert_eq!(name.features_of(data), features, "{name}");
        }
        for (name, data) in [
            ("modes_randomcnn_2", &stacked),
            ("scene_right_pixels_2", &dots),
            ("fd_oracle_2", &dots),
            ("fd_mnistcnn_2", &stacked),
        ] {
            let name: MetricName = name.parse().unwrap();
            assert!(name.check(data).is_err(), "{name}");
        }
    }
}
