//! Residual networks in the spirit of R3GAN's configuration E (Huang, Gokaslan, Kuleshov & Tompkin
//! 2024, "The GAN is dead; long live the GAN! A Modern Baseline GAN", section 4).
//!
//! No normalisation anywhere: fix-up initialisation (Zhang, Dauphin & Ma 2019) starts every block
//! as the identity. Bilinear resampling, leaky ReLU, grouped convolutions in inverted bottlenecks.
//!
//! ```text
//! generator                                       discriminator
//! latents       [batch, latent_dim]               images         [batch, c, h, w]
//! basis · linear [batch, widths[0], h₀, w₀]       convolution    [batch, widths[n − 1], …]
//! blocks                                          blocks
//!   1 × 1, twice the size, blocks   (n − 1 ×)       half the size, 1 × 1, blocks   (n − 1 ×)
//! transposed convolution, sigmoid                 basis · sum over pixels  [batch, widths[0]]
//! images        [batch, c, h, w]                  linear         [batch, 1]
//! ```
//!
//! A block is `x + project(act(grouped(act(expand(x)))))`: 1 × 1, 3 × 3 in groups, 1 × 1.
//!
//! Unlike R3GAN, images are made and seen in patches of `patch × patch` pixels, so that the
//! largest feature maps can be smaller than the image where computing is dear; the generator ends
//! in a sigmoid, because images are in `[0, 1]`; sizes are halved by 2 × 2 means, which is what
//! bilinear interpolation to half the size is; and the class enters by projection.

mod block;
mod discriminator;
mod generator;

use serde::{Deserialize, Serialize};

use crate::error::ConfigError;
use crate::initial::{ParameterCount, check_image_shape};

pub use discriminator::{ResidualDiscriminator, ResidualDiscriminatorConfig};
pub use generator::{ResidualGenerator, ResidualGeneratorConfig};

/// Sizes of a residual network, from its smallest feature maps to the image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualStages {
    /// Channels of each stage, from the smallest feature maps to the largest. Each stage is twice
    /// as high and wide as the one before.
    pub widths: Vec<usize>,
    /// Blocks in each stage; R3GAN has 2.
    pub blocks: usize,
    /// How many times wider a block is inside; R3GAN has 2.
    pub expansion: usize,
    /// Channels that the 3 × 3 convolutions see at once; R3GAN has 16.
    pub group_width: usize,
    /// Side of the square of pixels that the largest feature maps hold at each place; R3GAN has 1.
    pub patch: usize,
}

impl ResidualStages {
    /// Height and width of the smallest feature maps.
    fn base(&self, [_, height, width]: [usize; 3]) -> [usize; 2] {
        let shrink = self.patch << (self.widths.len() - 1);
        [height / shrink, width / shrink]
    }

    /// Blocks of all stages together, which fix-up initialisation goes by.
    fn depth(&self) -> usize {
        self.widths.len() * self.blocks
    }

    fn check(&self, image_shape: [usize; 3]) -> Result<(), ConfigError> {
        check_image_shape(image_shape)?;
        let refuse = |field: &str, value: &dyn std::fmt::Debug, rule: &str| {
            Err(ConfigError::new(format!("stages.{field}"), value, rule))
        };
        let numbers = [
            ("blocks", self.blocks),
            ("expansion", self.expansion),
            ("group_width", self.group_width),
            ("patch", self.patch),
        ];
        for (field, number) in numbers {
            if !(1..=256).contains(&number) {
                return refuse(field, &number, "it must lie between 1 and 256");
            }
        }
        if !(1..=16).contains(&self.widths.len()) {
            return refuse("widths", &self.widths, "a network has between 1 and 16 stages");
        }
        for &width in &self.widths {
            if !(1..=1 << 20).contains(&width) {
                return refuse("widths", &self.widths, "a stage has between 1 and 2^20 channels");
            }
            if !(width * self.expansion).is_multiple_of(self.group_width) {
                let rule = format!(
                    "{width} channels times the expansion of {} are no whole number of groups",
                    self.expansion
                );
                return refuse("group_width", &self.group_width, &rule);
            }
        }
        let shrink = self.patch << (self.widths.len() - 1);
        let [_, height, width] = image_shape;
        if !(height.is_multiple_of(shrink) && width.is_multiple_of(shrink)) {
            let rule = format!(
                "it needs a height and width that {shrink} divides: the patch, {}, doubled for each of \
                 the {} widths after the first",
                self.patch,
                self.widths.len() - 1
            );
            return Err(ConfigError::new("image_shape", image_shape, rule));
        }
        Ok(())
    }

    /// What generator and discriminator have in common: basis, blocks, transitions, patches.
    fn count(&self, image_shape: [usize; 3], count: &mut ParameterCount) {
        let [height, width] = self.base(image_shape);
        count.tensor(&[self.widths[0], height, width]);
        for &width in &self.widths {
            let inner = width * self.expansion;
            for _ in 0..self.blocks {
                count.tensor(&[2, width, inner]);
                count.tensor(&[inner, self.group_width, 3, 3]);
                count.tensor(&[2, inner]);
            }
        }
        for pair in self.widths.windows(2).filter(|pair| pair[0] != pair[1]) {
            count.tensor(pair);
        }
        let last = self.widths[self.widths.len() - 1];
        count.tensor(&[last, image_shape[0], self.patch, self.patch]);
    }
}
