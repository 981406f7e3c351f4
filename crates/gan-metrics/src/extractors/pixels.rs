//! Pixels as features: for data of any kind, at any size.

use burn::tensor::Tensor;

use super::error::ExtractorError;
use super::outputs::Outputs;

/// Takes images as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
}

impl Pixels {
    /// The values of `images`, `[batch, channels, height, width]`, image by image.
    ///
    /// # Errors
    /// If the images have another shape.
    pub fn outputs(&self, images: Tensor<4>) -> Result<Outputs, ExtractorError> {
        let [_, channels, height, width] = images.dims();
        let found = [channels, height, width];
        if found != self.image_shape {
            return Err(ExtractorError::Images {
                extractor: "pixels".into(),
                needed: format!("{:?}", self.image_shape),
                found,
            });
        }
        Ok(Outputs { features: images.flatten(1, 3), logits: None })
    }
}
