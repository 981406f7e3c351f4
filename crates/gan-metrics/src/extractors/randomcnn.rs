//! A convolutional network that was never trained: features for images of any kind.
//!
//! ```text
//! images   [batch, c, h, w] in [0, 1], as 2x - 1
//!   ─ conv 3 × 3 ─ ReLU ─ [batch, 32, h, w] ──── mean over the image ─┐
//!   ─ mean of 2 × 2                                                   │
//!   ─ conv 3 × 3 ─ ReLU ─ [batch, 64, h/2, w/2] ─ mean over the image ┤
//!   ─ mean of 2 × 2                                                   ├─ [batch, 256]
//!   ─ conv 3 × 3 ─ ReLU ─ [batch, 64, h/4, w/4] ─ mean over the image ┤
//!   ─ mean in 4 × 4 parts of the image ─ linear to 96 ────────────────┘
//! ```
//!
//! The means say how often local patterns of three sizes occur, as statistics of textures do; the 96
//! projections say where they are. Random convolutions tell images apart well (Jarrett et al. 2009),
//! and Naeem et al. 2020 found a randomly initialised network the better one for data that is unlike
//! ImageNet. No training set has shaped it, nothing is downloaded, and 256 features are few enough
//! for a covariance of some hundred images.

use burn::tensor::activation::relu;
use burn::tensor::module::{adaptive_avg_pool2d, avg_pool2d, conv2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions};
use burn::tensor::{Device, Tensor, TensorData};
use gan_random::{Rng, Stream};
use gan_weights::sha256;

use super::error::ExtractorError;
use super::outputs::Outputs;

/// Channels of the convolutions.
const WIDTHS: [usize; 3] = [32, 64, 64];
/// Parts of the image in each direction.
const PARTS: usize = 4;
/// Projections of what is in the parts.
const PROJECTIONS: usize = 96;
/// What the weights are drawn from; part of what the features mean.
const SEED: u64 = 0;

/// The network, for images of one shape.
#[derive(Debug)]
pub struct RandomCnn {
    image_shape: [usize; 3],
    /// `[out, in, 3, 3]` each.
    kernels: Vec<Tensor<4>>,
    /// `[channels * parts, projections]`.
    projection: Tensor<2>,
    hash: String,
}

impl RandomCnn {
    /// Numbers in the features of one image.
    pub const FEATURES: usize = WIDTHS[0] + WIDTHS[1] + WIDTHS[2] + PROJECTIONS;

    /// For images of `image_shape`, `[channels, height, width]`, on `device`. The weights are normal
    /// with a variance of 2 / fan-in (He et al. 2015), the same on every machine.
    pub fn new(image_shape: [usize; 3], device: &Device) -> Self {
        let mut bytes = Vec::new();
        let mut draw = |layer: usize, count: usize, fan_in: usize| {
            let std = (2.0 / fan_in as f32).sqrt();
            let mut weights = Rng::new(SEED).normal(Stream::Extractor, layer as u64, count);
            weights.iter_mut().for_each(|weight| *weight *= std);
            bytes.extend(weights.iter().flat_map(|weight| weight.to_le_bytes()));
            weights
        };
        let mut channels = image_shape[0];
        let mut kernels = Vec::new();
        for (layer, out) in WIDTHS.into_iter().enumerate() {
            let fan_in = 9 * channels;
            let kernel = TensorData::new(draw(layer, out * fan_in, fan_in), [out, channels, 3, 3]);
            kernels.push(Tensor::from_data(kernel, device));
            channels = out;
        }
        let rows = channels * PARTS * PARTS;
        let projection = draw(WIDTHS.len(), rows * PROJECTIONS, rows);
        let projection = TensorData::new(projection, [rows, PROJECTIONS]);
        let projection = Tensor::from_data(projection, device);
        Self { image_shape, kernels, projection, hash: sha256(&bytes) }
    }

    /// SHA-256 of the weights, in hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The features of `images`, `[batch, channels, height, width]` in `[0, 1]`.
    ///
    /// # Errors
    /// If the images have another shape.
    pub fn outputs(&self, images: Tensor<4>) -> Result<Outputs, ExtractorError> {
        let [_, channels, height, width] = images.dims();
        let found = [channels, height, width];
        if found != self.image_shape {
            let [channels, height, width] = self.image_shape;
            return Err(ExtractorError::Images {
                extractor: "randomcnn".into(),
                needed: format!("{channels} × {height} × {width}"),
                found,
            });
        }
        let mut maps = images.mul_scalar(2.0).sub_scalar(1.0);
        let mut features = Vec::new();
        for (layer, kernel) in self.kernels.iter().enumerate() {
            if layer > 0 {
                maps = halved(maps);
            }
            let options = ConvOptions::new([1, 1], [1, 1], [1, 1], 1);
            maps = relu(conv2d(maps, kernel.clone(), None, options));
            features.push(maps.clone().flatten::<3>(2, 3).mean_dim(2).flatten::<2>(1, 2));
        }
        let parts = adaptive_avg_pool2d(maps, [PARTS, PARTS]).flatten::<2>(1, 3);
        features.push(parts.matmul(self.projection.clone()));
        Ok(Outputs { features: Tensor::cat(features, 1), logits: None })
    }
}

/// Means of 2 × 2; a side of 1 stays.
fn halved(maps: Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = maps.dims();
    let size = [height.min(2), width.min(2)];
    avg_pool2d(maps, AvgPoolOptions { stride: size, ..AvgPoolOptions::new(size) })
}
