//! Which extractor looks at images, and at how many.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_metrics::{Extractor, RandomCnn};
use gan_weights::sha256;

use crate::error::EvaluationError;

/// What the field measures with, where the data has enough for two disjoint sets of it.
const DEFAULT_SAMPLES: usize = 10_000;

/// SHA-256 of the first hundred images of MNIST's training set, with which all 70,000 begin, and of its
/// test set.
const MNIST: [&str; 2] = [
    "c8d7b3ac57a59fa463cbbcdc21a53485e2990f12ca46d0fef62dd86cadfd67a3",
    "8a004a2f81a80f4866259cbb77cf37af89315036b298b250b4d45c24aaa92048",
];

/// Which extractor is wanted.
#[derive(Clone, Debug, Default)]
pub struct ExtractorChoice {
    /// Its name, or the file it is in; none for the one that fits the data.
    pub name: Option<String>,
    /// The weights of Inception.
    pub inception_weights: Option<PathBuf>,
}

/// The extractor for `data`, unless another is named: the digit classifier for MNIST's digits alone,
/// since it takes a shirt for an 8; pixels where an image has few; otherwise a random convolutional
/// network.
#[must_use]
pub fn default_extractor(data: &ImageSet) -> &'static str {
    let is_small = data.shape().iter().product::<usize>() <= RandomCnn::FEATURES;
    match () {
        () if data.is_points() => "points",
        () if is_mnist(data) => "mnistcnn",
        () if is_small => "pixels",
        () => "randomcnn",
    }
}

/// Whether these are MNIST's digits, in their usual order.
fn is_mnist(data: &ImageSet) -> bool {
    if data.shape() != [1, 28, 28] || data.len() < 100 {
        return false;
    }
    let mut bytes = Vec::with_capacity(100 * 28 * 28);
    for index in 0..100 {
        let Ok(image) = data.image(index) else { return false };
        bytes.extend_from_slice(&image);
    }
    MNIST.contains(&sha256(&bytes).as_str())
}

/// Samples to measure, unless a number is given.
#[must_use]
pub fn default_samples(data: &ImageSet) -> usize {
    DEFAULT_SAMPLES.min(data.len() / 2).max(1)
}

impl ExtractorChoice {
    /// The extractor called `name`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: Some(name.to_owned()), inception_weights: None }
    }

    /// The extractor on `device`, for images of `data`.
    ///
    /// # Errors
    /// If there is no such extractor, or its file cannot be used.
    pub fn open(&self, data: &ImageSet, device: &Device) -> Result<Extractor, EvaluationError> {
        let name = match &self.name {
            Some(name) => name.as_str(),
            None if self.inception_weights.is_some() => "inception",
            None => default_extractor(data),
        };
        self.open_called(name, data.shape(), device)
    }

    /// The extractor on `device`, for images of `shape` whose features are to have `dim` numbers, as
    /// those behind stored statistics.
    ///
    /// # Errors
    /// As [`ExtractorChoice::open`], and if none gives so many.
    pub fn open_for_dim(
        &self,
        dim: usize,
        shape: [usize; 3],
        device: &Device,
    ) -> Result<Extractor, EvaluationError> {
        let name = match &self.name {
            Some(name) => name.as_str(),
            None if self.inception_weights.is_some() => "inception",
            None if dim == shape.iter().product::<usize>() => "pixels",
            None if dim == RandomCnn::FEATURES => "randomcnn",
            None => "mnistcnn",
        };
        self.open_called(name, shape, device)
    }

    fn open_called(
        &self,
        name: &str,
        shape: [usize; 3],
        device: &Device,
    ) -> Result<Extractor, EvaluationError> {
        Ok(match (name, &self.inception_weights) {
            ("mnistcnn", _) => Extractor::mnistcnn(device)?,
            ("randomcnn", _) => Extractor::randomcnn(shape, device),
            ("pixels", _) => Extractor::pixels(shape),
            ("points", _) if shape == [2, 1, 1] => Extractor::points(),
            ("inception", Some(weights)) => Extractor::inception(weights, device)?,
            ("inception", None) => return Err(EvaluationError::NoInceptionWeights),
            (file, _) if Path::new(file).is_file() => {
                Extractor::from_file(Path::new(file), device)?
            }
            (name, _) => return Err(EvaluationError::NoExtractor(name.to_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digit_classifier_looks_at_mnist_alone() {
        let mnist = gan_data::mnist().unwrap();
        assert_eq!(default_extractor(&mnist), "mnistcnn");
        let part = |range: std::ops::Range<usize>| {
            let bytes = range.flat_map(|index| mnist.image(index).unwrap().into_owned());
            bytes.collect::<Vec<u8>>()
        };
        let named = |bytes: Vec<u8>| ImageSet::new("mnist", [1, 28, 28], bytes, None).unwrap();
        assert_eq!(default_extractor(&named(part(0..1000))), "mnistcnn");
        assert_eq!(default_extractor(&named(part(60_000..61_000))), "mnistcnn");
        // Clothes of the same size, by the same name, are none of its business.
        let clothes = part(0..1000).iter().map(|pixel| 255 - pixel).collect();
        assert_eq!(default_extractor(&named(clothes)), "randomcnn");
        let tiny = ImageSet::new("tiny", [3, 8, 8], vec![0; 100 * 192], None).unwrap();
        assert_eq!(default_extractor(&tiny), "pixels");
        let points = ImageSet::of_points("ring", &[[0.0, 1.0]; 8]).unwrap();
        assert_eq!(default_extractor(&points), "points");
    }
}
