//! Pictures from latents, of a run or of a snapshot.

use burn::tensor::{Device, Tensor, TensorData};
use gan_data::pixels::tensor_to_bytes;
use gan_model::{SampleRequest, Sampler, Snapshot};

use crate::LabError;

/// A generator to play with.
#[derive(Debug)]
pub struct Explorer {
    sampler: Sampler,
}

impl Explorer {
    /// Of a snapshot, such as `gan` writes.
    ///
    /// # Errors
    /// If the bytes are no snapshot, or a damaged one, or one of other images than 28 × 28 grey values.
    pub fn open(snapshot: Vec<u8>) -> Result<Self, LabError> {
        let snapshot = Snapshot::from_bytes(snapshot)?;
        let shape = snapshot.info().generator.image_shape();
        if shape != [1, 28, 28] {
            return Err(LabError::Shape(shape));
        }
        Ok(Self::new(Sampler::from_snapshot(&snapshot, &Device::flex())?))
    }

    pub(crate) fn new(sampler: Sampler) -> Self {
        Self { sampler }
    }

    /// The latent that belongs to `seed`, `latent_dim` values.
    ///
    /// # Errors
    /// Never for a valid generator.
    pub fn latent(&self, seed: u64) -> Result<Vec<f32>, LabError> {
        let latents = self.sampler.latents(&SampleRequest::seeds([seed]))?;
        Ok(latents.into_data().try_into_vec::<f32>().expect("latents are f32"))
    }

    /// Values of a latent.
    pub fn latent_dim(&self) -> usize {
        self.sampler.latent_space().dim
    }

    /// The pictures of the seeds from 0 to `count`, one byte a value, one after the other.
    ///
    /// # Errors
    /// If `count` is 0.
    pub fn samples(&self, count: usize) -> Result<Vec<u8>, LabError> {
        let request = SampleRequest::seeds(0..count as u64);
        Ok(tensor_to_bytes(self.sampler.images(&request)?))
    }

    /// The pictures of latents, one after the other.
    ///
    /// # Errors
    /// If they are not of this generator's dimension.
    pub fn draw(&self, latents: &[f32]) -> Result<Vec<u8>, LabError> {
        Ok(tensor_to_bytes(self.images(latents)?))
    }

    /// The same as a tensor, `[latents, channels, height, width]`. A class-conditional generator is
    /// asked for class 0, 1, 2 … in turn.
    pub(crate) fn images(&self, latents: &[f32]) -> Result<Tensor<4>, LabError> {
        let dim = self.latent_dim();
        let count = latents.len() / dim;
        if count == 0 || !latents.len().is_multiple_of(dim) {
            return Err(LabError::Latents { found: latents.len(), dim });
        }
        let labels = self.sampler.labels(&SampleRequest::seeds(0..count as u64))?;
        let data = TensorData::new(latents.to_vec(), [count, dim]);
        Ok(self.sampler.generate(Tensor::from_data(data, self.sampler.device()), labels))
    }
}
