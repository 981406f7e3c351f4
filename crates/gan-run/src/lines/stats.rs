//! `stats.jsonl`: losses and evaluations over the steps. The keys are those of TensorBoard's habit,
//! a group and a name.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A line of `stats.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum StatsLine {
    /// Losses since the last report.
    Report(ReportLine),
    /// An evaluation during training.
    Evaluation(EvaluationLine),
}

/// How the two networks fare: means since the last report, unless said otherwise. What JSON cannot
/// say (NaN, infinities) is `null` there, and NaN when read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportLine {
    /// Steps taken.
    #[serde(rename = "progress/step")]
    pub step: u64,
    /// Real images shown to the discriminator, repetitions counted.
    #[serde(rename = "progress/images")]
    pub images: u64,
    /// The discriminator's loss.
    #[serde(rename = "loss/d", with = "crate::lines::non_finite")]
    pub d_loss: f64,
    /// The generator's loss.
    #[serde(rename = "loss/g", with = "crate::lines::non_finite")]
    pub g_loss: f64,
    /// D(x): mean probability of "real" for the real images of the latest step.
    #[serde(rename = "probability/real", with = "crate::lines::non_finite")]
    pub d_real: f64,
    /// D(G(z)): mean probability of "real" for the generated images of the latest step.
    #[serde(rename = "probability/fake", with = "crate::lines::non_finite")]
    pub d_fake: f64,
    /// Mean logit of the real images of the latest step.
    #[serde(rename = "logit/real", with = "crate::lines::non_finite")]
    pub real_logit: f64,
    /// Mean logit of the generated images of the latest step.
    #[serde(rename = "logit/fake", with = "crate::lines::non_finite")]
    pub fake_logit: f64,
    /// Norm of all gradients of the discriminator together in the latest step, before clipping.
    #[serde(rename = "gradient_norm/d", with = "crate::lines::non_finite")]
    pub d_grad_norm: f64,
    /// Norm of all gradients of the generator together in the latest step, before clipping.
    #[serde(rename = "gradient_norm/g", with = "crate::lines::non_finite")]
    pub g_grad_norm: f64,
    /// Real images a second since the last report, evaluations left out.
    #[serde(rename = "timing/images_per_second", with = "crate::lines::non_finite")]
    pub images_per_second: f64,
}

/// What was measured of the generator at a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct EvaluationLine {
    /// Steps taken.
    pub step: u64,
    /// Real images shown to the discriminator, repetitions counted.
    pub images: u64,
    /// How long it took.
    pub seconds: f64,
    /// What was measured, by name.
    pub metrics: Vec<EvaluatedMetric>,
}

/// A metric of an [`EvaluationLine`]: the keys `metric/NAME`, `interval/NAME` and `baseline/NAME`.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluatedMetric {
    /// Metric, extractor and samples: `fd_mnistcnn_10k`.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its 95 % interval, low and high.
    pub interval: Option<[f64; 2]>,
    /// The value of as many other real images.
    pub baseline: Option<f64>,
}

impl StatsLine {
    /// Steps taken.
    pub fn step(&self) -> u64 {
        match self {
            Self::Report(report) => report.step,
            Self::Evaluation(evaluation) => evaluation.step,
        }
    }
}

const STEP: &str = "progress/step";
const IMAGES: &str = "progress/images";
const SECONDS: &str = "timing/evaluation_seconds";

impl From<EvaluationLine> for Map<String, Value> {
    fn from(evaluation: EvaluationLine) -> Self {
        let EvaluationLine { step, images, seconds, metrics } = evaluation;
        let mut line = Self::new();
        let mut put = |key: String, value: Value| line.insert(key, value);
        put(STEP.to_owned(), json!(step));
        put(IMAGES.to_owned(), json!(images));
        for EvaluatedMetric { name, value, interval, baseline } in metrics {
            put(format!("metric/{name}"), json!(value));
            if let Some(interval) = interval {
                put(format!("interval/{name}"), json!(interval));
            }
            if let Some(baseline) = baseline {
                put(format!("baseline/{name}"), json!(baseline));
            }
        }
        put(SECONDS.to_owned(), json!(seconds));
        line
    }
}

impl TryFrom<Map<String, Value>> for EvaluationLine {
    type Error = String;

    fn try_from(line: Map<String, Value>) -> Result<Self, String> {
        let whole = |key: &str| line.get(key).and_then(Value::as_u64).ok_or(format!("no {key}"));
        let number = |key: &str| line.get(key).and_then(Value::as_f64);
        let metrics: Vec<EvaluatedMetric> = line
            .iter()
            .filter_map(|(key, value)| {
                let name = key.strip_prefix("metric/")?;
                let interval = line.get(&format!("interval/{name}"));
                Some(EvaluatedMetric {
                    name: name.to_owned(),
                    value: value.as_f64().unwrap_or(f64::NAN),
                    interval: interval
                        .and_then(|ends| Some([ends.get(0)?.as_f64()?, ends.get(1)?.as_f64()?])),
                    baseline: number(&format!("baseline/{name}")),
                })
            })
            .collect();
        if metrics.is_empty() {
            return Err("no metric/…".to_owned());
        }
        let seconds = number(SECONDS).unwrap_or(f64::NAN);
        Ok(Self { step: whole(STEP)?, images: whole(IMAGES)?, seconds, metrics })
    }
}
