//! Latents: the random vectors that a generator turns into images.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};
use gan_random::{Rng, Stream};
use serde::{Deserialize, Serialize};

use crate::error::ConfigError;

/// How the coordinates of a latent are distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum LatentDistribution {
    /// Uniform in `[-1, 1)`, as in the tutorial.
    Uniform,
    /// Normal, of mean 0 and standard deviation 1.
    Normal,
}

/// Where a generator's latents come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatentSpace {
    /// Coordinates of one latent.
    pub dim: usize,
    /// Distribution of each coordinate.
    pub distribution: LatentDistribution,
}

impl LatentSpace {
    /// A batch of latents, `[batch_size, dim]`, as a function of (seed, stream, index).
    pub fn batch(
        &self,
        rng: Rng,
        stream: Stream,
        index: u64,
        batch_size: usize,
        device: &Device,
    ) -> Tensor<2> {
        self.part(rng, stream, index, 0..batch_size, device)
    }

    /// Those of the latents of [`LatentSpace::batch`] that lie in `rows`, `[rows.len(), dim]`.
    pub fn part(
        &self,
        rng: Rng,
        stream: Stream,
        index: u64,
        rows: Range<usize>,
        device: &Device,
    ) -> Tensor<2> {
        let values = self.draw(rng, stream, index, rows.start * self.dim..rows.end * self.dim);
        Tensor::from_data(TensorData::new(values, [rows.len(), self.dim]), device)
    }

    /// One latent for each seed, `[seeds.len(), dim]`.
    ///
    /// A seed is the same latent whichever other seeds are drawn, on any backend, for any generator of this space.
    pub fn for_seeds(&self, seeds: &[u64], device: &Device) -> Tensor<2> {
        let values: Vec<f32> = seeds
            .iter()
            .flat_map(|&seed| self.draw(Rng::new(seed), Stream::Samples, 0, 0..self.dim))
            .collect();
        Tensor::from_data(TensorData::new(values, [seeds.len(), self.dim]), device)
    }

    fn draw(&self, rng: Rng, stream: Stream, index: u64, part: Range<usize>) -> Vec<f32> {
        match self.distribution {
            LatentDistribution::Uniform => rng.uniform_part(stream, index, part, -1.0, 1.0),
            LatentDistribution::Normal => rng.normal_part(stream, index, part),
        }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        match self.dim {
            1..=65_536 => Ok(()),
            _ => Err(ConfigError::new("latents.dim", self.dim, "a latent has 1 to 65,536 numbers")),
        }
    }
}
