//! The Inception-v3 that FID is defined with.
//!
//! C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016, with the
//! weights of TensorFlow's `inception-2015-12-05` and the peculiarities that they were trained with:
//! averages leave the padding out, and the last block pools by maximum. Heusel et al. 2017 defined
//! FID on its 2,048 features, and pytorch-fid (M. Seitzer) brought both to PyTorch; names of
//! tensors are those of its weight file, `pt_inception-2015-12-05-6726825d.pth`.

use std::path::Path;

use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor};
use gan_weights::{WeightFile, sha256};

use super::error::ExtractorError;
use super::outputs::Outputs;

mod layers;
mod table;

use layers::{Layer, forward};

/// Sides of the images that the network sees.
const SIDE: usize = 299;

/// The network with its weights.
pub struct Inception {
    layers: Vec<Layer>,
    hash: String,
}

impl Inception {
    /// Numbers in the features of one image.
    pub const FEATURES: usize = 2048;

    /// The network with the weights in `path`: safetensors where the name ends so, otherwise a file
    /// of `torch.save`, which is read without executing anything.
    ///
    /// # Errors
    /// If the file cannot be read, or a tensor is missing or has another shape.
    pub fn from_file(path: &Path, device: &Device) -> Result<Self, ExtractorError> {
        let bytes = std::fs::read(path).map_err(|error| ExtractorError::read(path, error))?;
        let is_safetensors = path.extension().is_some_and(|end| end == "safetensors");
        let weights = match is_safetensors {
            true => WeightFile::parse(&bytes),
            false => WeightFile::pytorch(path),
        };
        let layers = weights
            .and_then(|weights| layers::load(&weights, device))
            .map_err(|error| ExtractorError::weights(&path.display().to_string(), error))?;
        Ok(Self { layers, hash: sha256(&bytes) })
    }

    /// Name and shape of every tensor that a weight file must hold; others in it are ignored.
    pub fn tensors() -> Vec<(String, Vec<usize>)> {
        table::tensors()
    }

    /// SHA-256 of the weight file, in hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The features of `images`, `[batch, 1 or 3, height, width]` in `[0, 1]`, of any size: they
    /// are resized bilinearly to 299 × 299, corners not aligned; grey is repeated as RGB.
    ///
    /// # Errors
    /// If the images have neither 1 nor 3 channels.
    pub fn outputs(&self, images: Tensor<4>) -> Result<Outputs, ExtractorError> {
        let [batch, channels, height, width] = images.dims();
        if !matches!(channels, 1 | 3) {
            return Err(ExtractorError::Images {
                extractor: "inception".into(),
                needed: "1 or 3 channels".into(),
                found: [channels, height, width],
            });
        }
        let resize = InterpolateOptions::new(InterpolateMode::Bilinear)
            .with_align_corners(false)
            .with_output_size([SIDE, SIDE]);
        let images = interpolate(images, resize).expand([batch, 3, SIDE, SIDE]);
        let maps = forward(&self.layers, images.mul_scalar(2.0).sub_scalar(1.0));
        // Every map's mean: what pytorch-fid calls pool3.
        let features = maps.flatten::<3>(2, 3).mean_dim(2).flatten(1, 2);
        Ok(Outputs { features, logits: None })
    }
}

impl std::fmt::Debug for Inception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without its 22 million weights.
        f.debug_struct("Inception").field("hash", &self.hash).finish_non_exhaustive()
    }
}
