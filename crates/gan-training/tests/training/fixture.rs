//! The numbers of the scripts in `fixtures/`, and how to compare with them.

use burn::tensor::{Device, Tensor, TensorData};
use gan_weights::WeightFile;

/// A file that one of the scripts made.
pub struct Fixture {
    file: WeightFile<'static>,
}

impl Fixture {
    /// What `tutorial_reference.py` made.
    pub fn new() -> Self {
        let bytes = include_bytes!("../fixtures/tutorial.safetensors");
        Self { file: WeightFile::parse(bytes).unwrap() }
    }

    /// What `games_reference.py` made.
    pub fn of_games() -> Self {
        let bytes = include_bytes!("../fixtures/games.safetensors");
        Self { file: WeightFile::parse(bytes).unwrap() }
    }

    /// What `trainer_reference.py` made.
    pub fn of_trainer() -> Self {
        let bytes = include_bytes!("../fixtures/trainer.safetensors");
        Self { file: WeightFile::parse(bytes).unwrap() }
    }

    pub fn file(&self) -> &WeightFile<'static> {
        &self.file
    }

    pub fn data(&self, name: &str, shape: &[usize]) -> TensorData {
        self.file.tensor(name, shape).unwrap()
    }

    pub fn values(&self, name: &str, shape: &[usize]) -> Vec<f32> {
        self.data(name, shape).try_to_vec().unwrap()
    }

    pub fn tensor<const D: usize>(
        &self,
        name: &str,
        shape: [usize; D],
        device: &Device,
    ) -> Tensor<D> {
        Tensor::from_data(self.data(name, &shape), device)
    }
}

/// The norm of the comparisons: the largest difference of two tensors, relative to the largest
/// magnitude in the reference.
pub fn deviation(found: &[f32], reference: &[f32]) -> f64 {
    assert_eq!(found.len(), reference.len());
    assert!(found.iter().all(|x| x.is_finite()));
    let pairs = found.iter().zip(reference).map(|(&a, &b)| (f64::from(a), f64::from(b)));
    let (difference, magnitude) = pairs.fold((0.0, 0.0), |(difference, magnitude), (a, b)| {
        (f64::max(difference, (a - b).abs()), f64::max(magnitude, b.abs()))
    });
    difference / magnitude
}

/// The largest difference of two series, each number relative to its own reference.
pub fn relative(found: &[f32], reference: &[f32]) -> f64 {
    assert_eq!(found.len(), reference.len());
    found.iter().zip(reference).map(|(&a, &b)| deviation(&[a], &[b])).fold(0.0, f64::max)
}
