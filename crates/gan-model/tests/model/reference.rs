//! The numbers of `fixtures/networks_reference.py`, and how to compare with them.

use burn::tensor::{Device, Tensor, TensorData};
use gan_weights::WeightFile;
use safetensors::SafeTensors;

/// The file that the script made.
pub struct Reference {
    tensors: SafeTensors<'static>,
    file: WeightFile<'static>,
}

impl Reference {
    pub fn new() -> Self {
        let bytes = include_bytes!("../fixtures/networks.safetensors");
        Self {
            tensors: SafeTensors::deserialize(bytes).unwrap(),
            file: WeightFile::parse(bytes).unwrap(),
        }
    }

    pub fn file(&self) -> &WeightFile<'static> {
        &self.file
    }

    pub fn data(&self, name: &str) -> TensorData {
        let shape = self.tensors.tensor(name).unwrap().shape().to_vec();
        self.file.tensor(name, &shape).unwrap()
    }

    pub fn tensor<const D: usize>(&self, name: &str, device: &Device) -> Tensor<D> {
        Tensor::from_data(self.data(name), device)
    }

    /// One-hot labels of a conditional case.
    pub fn labels(&self, case: &str, device: &Device) -> Option<Tensor<2>> {
        let name = format!("{case}.labels");
        self.tensors.tensor(&name).is_ok().then(|| self.tensor(&name, device))
    }

    /// How far `found` is from the tensor `name`, see [`deviation`].
    #[track_caller]
    pub fn assert_close<const D: usize>(&self, found: Tensor<D>, name: &str, tolerance: f64) {
        let reference = self.data(name);
        assert_eq!(found.dims().to_vec(), reference.shape().to_vec(), "{name}");
        let off = deviation(&values(found.into_data()), &values(reference));
        assert!(off < tolerance, "{name} off by {off:e}");
    }
}

pub fn values(data: TensorData) -> Vec<f32> {
    data.try_into_vec().unwrap()
}

/// The largest difference of two tensors, relative to the largest magnitude in the reference.
pub fn deviation(found: &[f32], reference: &[f32]) -> f64 {
    assert_eq!(found.len(), reference.len());
    assert!(found.iter().all(|x| x.is_finite()));
    let pairs = found.iter().zip(reference).map(|(&a, &b)| (f64::from(a), f64::from(b)));
    let (difference, magnitude) = pairs.fold((0.0, 0.0), |(difference, magnitude), (a, b)| {
        (f64::max(difference, (a - b).abs()), f64::max(magnitude, b.abs()))
    });
    difference / magnitude
}
