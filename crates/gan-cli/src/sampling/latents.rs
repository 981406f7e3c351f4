//! Where latents come from: seeds, or a file.

use std::path::Path;

use burn::tensor::{Tensor, TensorData};
use gan_data::numpy;
use gan_model::{SampleError, SampleRequest, Sampler};

use crate::failure::Failure;
use crate::flags::list;

/// Of a file of latents: a million of 64 numbers.
const MAX_BYTES: u64 = 1 << 28;

/// Latents in an order.
pub enum Latents {
    /// Those of these seeds.
    Seeds(Vec<u64>),
    /// `[latents, dim]`, from a file of this name.
    File(String, Box<Tensor<2>>),
}

impl Latents {
    /// Those in the `.npy` file at `path`, for the generator of `sampler`.
    ///
    /// # Errors
    /// If it cannot be read, or its latents are not the generator's.
    pub fn read(path: &Path, sampler: &Sampler) -> Result<Self, Failure> {
        let wrong = |what: String| Failure::new(format!("{}: {what}", path.display()));
        let (shape, values) = array(path)?;
        let dim = sampler.latent_space().dim;
        let count = match shape[..] {
            [count, sides] if sides == dim as u64 && count > 0 => count as usize,
            [sides] if sides == dim as u64 => 1,
            _ => {
                return Err(wrong(format!("an array of sides {shape:?} holds no latents")).hint(
                    format!("this generator's are [latents, {dim}], as `gan project` keeps them"),
                ));
            }
        };
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(wrong(format!("a latent is {value}; all must be finite numbers")));
        }
        let data = TensorData::new(values, [count, dim]);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let latents = Tensor::from_data(data, sampler.device());
        Ok(Self::File(name, Box::new(latents)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Seeds(seeds) => seeds.len(),
            Self::File(_, latents) => latents.dims()[0],
        }
    }

    /// The class that goes with latent `index` where none is asked for.
    pub fn class(&self, index: usize, classes: usize) -> usize {
        match self {
            Self::Seeds(seeds) => (seeds[index] % classes as u64) as usize,
            Self::File(..) => index % classes,
        }
    }

    /// Latents `indices`, multiplied by `truncation`: `[indices, dim]`.
    ///
    /// # Errors
    /// If truncation is not finite.
    pub fn pick(
        &self,
        indices: &[usize],
        truncation: f32,
        sampler: &Sampler,
    ) -> Result<Tensor<2>, SampleError> {
        match self {
            Self::Seeds(seeds) => sampler.latents(&SampleRequest {
                truncation,
                ..SampleRequest::seeds(indices.iter().map(|&index| seeds[index]))
            }),
            Self::File(_, latents) => {
                let rows = indices.iter().map(|&index| Tensor::clone(latents).narrow(0, index, 1));
                Ok(Tensor::cat(rows.collect(), 0).mul_scalar(truncation))
            }
        }
    }

    /// What a file that is made of them says: keyword and text.
    pub fn origin(&self) -> (&'static str, String) {
        match self {
            Self::Seeds(seeds) => (super::origin::SEEDS, list(seeds)),
            Self::File(name, _) => (super::origin::LATENTS, name.clone()),
        }
    }
}

/// Refuses a file that holds latents of no generator.
///
/// # Errors
/// If it cannot be read, or is no array of latents.
pub fn check(path: &Path) -> Result<(), Failure> {
    match array(path)?.0[..] {
        [count, dim] if count > 0 && dim > 0 => Ok(()),
        [dim] if dim > 0 => Ok(()),
        ref shape => Err(Failure::new(format!(
            "{}: an array of sides {shape:?} holds no latents",
            path.display()
        ))
        .hint("they are [latents, dim], as `gan project` keeps them")),
    }
}

/// Sides and values of the array in the file at `path`.
fn array(path: &Path) -> Result<(Vec<u64>, Vec<f32>), Failure> {
    let wrong = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let file = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?;
    if !file.is_file() || file.len() > MAX_BYTES {
        return Err(wrong(format!("latents are in a file of at most {MAX_BYTES} bytes")));
    }
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    numpy::read_npy(&bytes).map_err(|error| wrong(error.to_string()))
}
