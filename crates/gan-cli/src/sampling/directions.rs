//! Directions of latents, those that change the picture most first.

use burn::tensor::{Tensor, TensorData};
use gan_model::{LatentDistribution, SampleRequest, Sampler};
use nalgebra::{DMatrix, SymmetricEigen};

/// Latents that the generator is looked at around.
const BASES: u64 = 4;
/// Length of the steps of which differences are taken, in standard deviations.
const STEP: f32 = 0.1;

/// The first `count` principal directions of the generator's Jacobian, `[count][latent_dim]`, of
/// length 1: eigenvectors of the mean of JᵀJ over some latents, largest eigenvalue first (Ramesh et
/// al. 2018, "A spectral regularizer"; Wang and Ponce 2021). J is taken from differences.
pub fn principal(sampler: &Sampler, count: usize) -> Vec<Vec<f32>> {
    let dim = sampler.latent_space().dim;
    let step = STEP * std(sampler.latent_space().distribution);
    let mut squared = DMatrix::<f64>::zeros(dim, dim);
    for seed in 0..BASES {
        let request = SampleRequest::seeds([seed]);
        let (Ok(base), Ok(label)) = (sampler.latents(&request), sampler.labels(&request)) else {
            return Vec::new();
        };
        let steps = Tensor::<2>::eye(dim, sampler.device()).mul_scalar(step);
        let latents = Tensor::cat(vec![base.clone(), steps + base], 0);
        let labels = label.map(|label| label.repeat_dim(0, dim + 1));
        let images = sampler.generate(latents, labels);
        let [rows, channels, height, width] = images.dims();
        let pixels = channels * height * width;
        let values: Vec<f32> = images.into_data().iter::<f32>().collect();
        let images = DMatrix::from_row_iterator(rows, pixels, values.iter().map(|&v| f64::from(v)));
        let base = images.row(0);
        let jacobian = DMatrix::from_fn(dim, pixels, |row, pixel| {
            (images[(row + 1, pixel)] - base[pixel]) / f64::from(step)
        });
        squared += &jacobian * jacobian.transpose();
    }
    let eigen = SymmetricEigen::new(squared);
    let mut order: Vec<usize> = (0..dim).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let direction = |&index: &usize| {
        let column = eigen.eigenvectors.column(index);
        // Of the two signs the one whose largest coordinate is positive: the same every time.
        let largest = column.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()));
        let sign = largest.map_or(1.0, f64::signum);
        column.iter().map(|&value| (sign * value) as f32).collect()
    };
    order.iter().take(count).map(direction).collect()
}

/// `latents` moved by `moves` standard deviations along `directions`.
pub fn moved(
    latents: Tensor<2>,
    sampler: &Sampler,
    directions: &[Vec<f32>],
    moves: &[f32],
) -> Tensor<2> {
    let dim = sampler.latent_space().dim;
    let mut offset = vec![0.0; dim];
    let std = std(sampler.latent_space().distribution);
    for (direction, &by) in directions.iter().zip(moves) {
        for (sum, &coordinate) in offset.iter_mut().zip(direction) {
            *sum += by * std * coordinate * (dim as f32).sqrt() / 4.0;
        }
    }
    let offset = Tensor::<2>::from_data(TensorData::new(offset, [1, dim]), sampler.device());
    latents + offset
}

/// Standard deviation of a coordinate.
fn std(distribution: LatentDistribution) -> f32 {
    match distribution {
        LatentDistribution::Normal => 1.0,
        // Of the uniform distribution in [-1, 1).
        LatentDistribution::Uniform => 1.0 / 3.0_f32.sqrt(),
    }
}
