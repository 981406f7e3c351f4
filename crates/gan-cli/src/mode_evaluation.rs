//! Measuring made data by its modes: how many a generator finds, and how evenly.

use burn::tensor::{Device, Tensor};
use gan_data::{ImageSet, Modes};
use gan_metrics::{
    Estimate, Extractor, ExtractorId, Features, Measurement, Mixture, ModeHits, Resampling,
    measurement_name,
};

use crate::evaluation::Evaluator;
use crate::failure::Failure;
use crate::sampling::run_picture;

/// A metric's name and its number.
type Numbers = Vec<(&'static str, Estimate)>;

/// Modes covered and reverse KL to equal shares (for points also the share of high quality) of
/// `fakes`, batches of images, and of as many real ones beside it.
pub fn measure(
    modes: &Modes,
    data: &ImageSet,
    evaluator: &Evaluator,
    fakes: impl Iterator<Item = Tensor<4>>,
) -> Result<Vec<Measurement>, Failure> {
    let resampling = Resampling { seed: evaluator.seed, ..Resampling::default() };
    let scorer = Scorer::new(modes, evaluator.device())?;
    let chosen = evaluator.chosen(data);
    let reals = chosen.chunks(BATCH).map(|chunk| data.batch(chunk, evaluator.device()));
    let values = scorer.score(fakes, resampling)?;
    let baselines = scorer.score(reals, resampling)?;
    let extractor = scorer.id();
    let record =
        |((metric, estimate), (_, baseline)): ((&str, Estimate), (&str, Estimate))| Measurement {
            name: measurement_name(metric, &extractor.name, evaluator.samples),
            metric: metric.to_owned(),
            extractor: extractor.clone(),
            samples: evaluator.samples,
            reference_samples: chosen.len(),
            k: None,
            estimate,
            baseline: Some(baseline),
            ratio_to_baseline: None,
            resampling,
        };
    Ok(values.into_iter().zip(baselines).map(record).collect())
}

/// Images in memory at a time.
const BATCH: usize = 250;

enum Scorer {
    Points(Mixture),
    Digits(Extractor),
}

impl Scorer {
    fn new(modes: &Modes, device: &Device) -> Result<Self, Failure> {
        Ok(match modes {
            Modes::Gaussians { centres, std } => Self::Points(Mixture {
                centres: centres.iter().map(|centre| centre.map(f64::from)).collect(),
                sigma: f64::from(*std),
            }),
            Modes::StackedDigits => Self::Digits(Extractor::mnistcnn(device)?),
        })
    }

    fn id(&self) -> ExtractorId {
        match self {
            Self::Points(_) => ExtractorId { name: "points".to_owned(), hash: String::new() },
            Self::Digits(extractor) => extractor.id(),
        }
    }

    fn score(
        &self,
        batches: impl Iterator<Item = Tensor<4>>,
        resampling: Resampling,
    ) -> Result<Numbers, Failure> {
        let hits = match self {
            Self::Points(mixture) => {
                let points: Vec<f32> = batches.flat_map(run_picture::points).flatten().collect();
                let points = Features::new(points.len() / 2, 2, points)?;
                mixture.hits(&points)?
            }
            Self::Digits(extractor) => {
                let mut digits = Vec::new();
                for batch in batches {
                    digits.extend(digits_of(extractor, batch)?);
                }
                ModeHits::of_stacked_digits(&digits)?
            }
        };
        let score = hits.score(resampling)?;
        let mut numbers = vec![("modes", score.modes)];
        numbers.extend(score.high_quality.map(|quality| ("high_quality", quality)));
        numbers.push(("reverse_kl", score.reverse_kl));
        Ok(numbers)
    }
}

/// What the digit classifier takes the three channels of each image for.
fn digits_of(extractor: &Extractor, images: Tensor<4>) -> Result<Vec<[usize; 3]>, Failure> {
    let [count, channels, height, width] = images.dims();
    let planes = images.reshape([count * channels, 1, height, width]);
    let logits = extractor.outputs(planes)?.logits.expect("the digit classifier gives logits");
    let digits: Vec<usize> =
        logits.argmax(1).into_data().iter::<i64>().map(|digit| digit as usize).collect();
    Ok(digits.as_chunks().0.to_vec())
}
