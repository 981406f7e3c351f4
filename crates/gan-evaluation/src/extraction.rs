//! From batches of images to what is known of them.

use burn::tensor::{Device, Tensor, TensorData};
use gan_data::Modes;
use gan_metrics::oracles::{GreyImage, Scene, Verdict};
use gan_metrics::{
    ClassProbabilities, Extracted, Extractor, ExtractorId, Features, MetricError, Mixture, ModeHits,
};
use gan_weights::NamedTensors;

use crate::error::EvaluationError;
use crate::progress::Progress;

const FEATURES: &str = "features";
const LOGITS: &str = "logits";
const DIGITS: &str = "digits";
const VERDICTS: &str = "verdicts";
/// What the numbers of an oracle are called after.
pub(crate) const ORACLE: &str = "oracle";

/// What looks at images.
pub(crate) struct Extraction {
    pub(crate) extractor: Extractor,
    modes: ModesOf,
}

/// How the mode of an image is found.
enum ModesOf {
    Unknown,
    /// By its place in the plane.
    Points(Mixture),
    /// By the digits in its three channels.
    Digits(Extractor),
    /// It has none, but keeps a rule or breaks it.
    Oracle(Scene),
}

impl Extraction {
    pub(crate) fn new(
        extractor: Extractor,
        modes: Option<&Modes>,
        device: &Device,
    ) -> Result<Self, EvaluationError> {
        let modes = match modes {
            None => ModesOf::Unknown,
            Some(Modes::Gaussians { centres, std }) => ModesOf::Points(Mixture {
                centres: centres.iter().map(|centre| centre.map(f64::from)).collect(),
                sigma: f64::from(*std),
            }),
            Some(Modes::StackedDigits) => ModesOf::Digits(Extractor::mnistcnn(device)?),
            // A rule that no oracle knows is measured like any data.
            Some(Modes::Scene(rule)) => {
                Scene::parse(rule).map_or(ModesOf::Unknown, ModesOf::Oracle)
            }
        };
        Ok(Self { extractor, modes })
    }

    /// Names and shapes of what [`Extraction::tensors`] makes of `count` images.
    pub(crate) fn shapes(&self, count: usize) -> Vec<(&'static str, [usize; 2])> {
        let mut shapes = vec![(FEATURES, [count, self.extractor.feature_dim()])];
        shapes.extend(self.extractor.classes().map(|classes| (LOGITS, [count, classes])));
        if let ModesOf::Digits(_) = self.modes {
            shapes.push((DIGITS, [count, 3]));
        }
        if let ModesOf::Oracle(_) = self.modes {
            shapes.push((VERDICTS, [count, 1]));
        }
        shapes
    }

    /// What is seen in `batches`, `[batch, channels, height, width]` each: a row for each image.
    pub(crate) fn tensors(
        &self,
        batches: impl Iterator<Item = Result<Tensor<4>, EvaluationError>>,
        progress: &dyn Progress,
    ) -> Result<NamedTensors, EvaluationError> {
        let (mut features, mut logits, mut digits) = (Vec::new(), Vec::new(), Vec::new());
        let mut verdicts = Vec::new();
        let mut count = 0;
        for batch in batches {
            let batch = batch?;
            let size = batch.dims()[0];
            if let ModesOf::Digits(classifier) = &self.modes {
                digits.extend(digits_in(classifier, batch.clone())?);
            }
            if let ModesOf::Oracle(scene) = &self.modes {
                verdicts.extend(verdicts_on(*scene, batch.clone()));
            }
            let outputs = self.extractor.outputs(batch)?;
            features.extend(outputs.features.into_data().iter::<f32>());
            if let Some(of_batch) = outputs.logits {
                logits.extend(of_batch.into_data().iter::<f32>());
            }
            count += size;
            progress.advance(size as u64);
        }
        let mut tensors = NamedTensors::new();
        let parts =
            [(FEATURES, features), (LOGITS, logits), (DIGITS, digits), (VERDICTS, verdicts)];
        for (name, values) in parts {
            if !values.is_empty() {
                let columns = values.len() / count;
                tensors.insert(name.to_owned(), TensorData::new(values, [count, columns]));
            }
        }
        Ok(tensors)
    }

    /// What the tensors of [`Extraction::tensors`] say, one set of them after the other.
    pub(crate) fn read(&self, parts: &[NamedTensors]) -> Result<Extracted, EvaluationError> {
        let features = joined(parts, FEATURES)?.ok_or(MetricError::Missing("images"))?;
        let logits = joined(parts, LOGITS)?;
        let modes = match &self.modes {
            ModesOf::Unknown | ModesOf::Oracle(_) => None,
            ModesOf::Points(mixture) => Some(mixture.hits(&features)?),
            ModesOf::Digits(_) => match joined(parts, DIGITS)? {
                Some(digits) => {
                    let digits: Vec<usize> =
                        digits.values().iter().map(|&digit| digit as usize).collect();
                    Some(ModeHits::of_stacked_digits(digits.as_chunks().0)?)
                }
                None => None,
            },
        };
        let classes = logits.as_ref().map(ClassProbabilities::from_logits);
        let verdicts = joined(parts, VERDICTS)?;
        let verdicts = verdicts.map(|set| set.values().iter().map(|&code| verdict(code)).collect());
        let judge = self.judge();
        Ok(Extracted { classes, modes, verdicts, judge, ..Extracted::of(features) })
    }

    /// What finds modes or verdicts, where it is not the extractor.
    fn judge(&self) -> Option<ExtractorId> {
        match &self.modes {
            ModesOf::Unknown | ModesOf::Points(_) => None,
            ModesOf::Digits(classifier) => Some(classifier.id()),
            ModesOf::Oracle(_) => {
                Some(ExtractorId { name: ORACLE.to_owned(), hash: String::new() })
            }
        }
    }
}

/// What the digit classifier takes the three channels of each image for.
fn digits_in(classifier: &Extractor, images: Tensor<4>) -> Result<Vec<f32>, EvaluationError> {
    let [count, channels, height, width] = images.dims();
    let planes = images.reshape([count * channels, 1, height, width]);
    let logits = classifier.outputs(planes)?.logits.expect("the digit classifier gives logits");
    Ok(logits.argmax(1).into_data().iter::<i64>().map(|digit| digit as f32).collect())
}

/// What an oracle says of each grey image, as a number that [`verdict`] reads.
fn verdicts_on(scene: Scene, images: Tensor<4>) -> Vec<f32> {
    let [_, _, height, width] = images.dims();
    let values: Vec<f32> = images.into_data().iter::<f32>().collect();
    let code = |pixels: &[f32]| match scene.verdict(GreyImage::new(pixels, width)) {
        Verdict::Right => 0.0,
        Verdict::Wrong => 1.0,
        Verdict::Unreadable => 2.0,
    };
    values.chunks(height * width).map(code).collect()
}

fn verdict(code: f32) -> Verdict {
    match code {
        0.0 => Verdict::Right,
        1.0 => Verdict::Wrong,
        _ => Verdict::Unreadable,
    }
}

fn joined(parts: &[NamedTensors], name: &str) -> Result<Option<Features>, MetricError> {
    let parts: Vec<&TensorData> = parts.iter().filter_map(|part| part.get(name)).collect();
    let Some(first) = parts.first() else { return Ok(None) };
    let columns = first.shape()[1];
    let values: Vec<f32> = parts.iter().flat_map(|part| part.iter::<f32>()).collect();
    Features::new(values.len() / columns.max(1), columns, values).map(Some)
}
