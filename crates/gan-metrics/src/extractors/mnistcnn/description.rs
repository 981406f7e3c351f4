//! What a classifier's file says about it.

use serde::{Deserialize, Serialize};

/// What a classifier says about itself in its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// What metrics are named after.
    pub name: String,
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
    /// Number of classes.
    pub classes: usize,
    /// Fraction of the test images that it classifies as labelled.
    pub test_accuracy: f64,
    /// Number of training images.
    pub train_images: usize,
    /// Number of test images.
    pub test_images: usize,
    /// Times that it saw every training image.
    pub epochs: usize,
    /// What initial weights, order and shifts of the images follow from.
    pub seed: u64,
}

impl Description {
    /// The rules of the architecture, which keep a file from asking for terabytes.
    pub(crate) fn check(&self) -> Result<(), String> {
        let [channels, height, width] = self.image_shape;
        if !matches!(channels, 1 | 3) {
            return Err(format!("images are grey or RGB, these have {channels} channels"));
        }
        if !(8..=64).contains(&height) || !(8..=64).contains(&width) {
            return Err(format!("images of {height} × {width}; it takes 8 to 64 pixels a side"));
        }
        if !(2..=256).contains(&self.classes) {
            return Err(format!("{} classes; it takes 2 to 256", self.classes));
        }
        Ok(())
    }
}
