//! Images that somebody brings: the preset and the sizes that suit them, where nobody says.

use std::time::Duration;

use gan_model::{DiscriminatorConfig, GeneratorConfig};

use super::{Preset, TrainingConfig};
use crate::Augmentation;

/// Smaller images are a few hundred values, for which fully connected layers are as good.
const MIN_CONVOLUTIONAL_SIDE: usize = 28;
/// A discriminator soon knows fewer images by heart, unless it never sees one twice alike.
const FEW_IMAGES: usize = 10_000;

/// In less time, small networks come farther than large ones.
const SHORT: Duration = Duration::from_mins(10);

/// A DCGAN's width, and steps of 64 images, by the side of the images: about half an hour on two cores
/// (`docs/data.md`). A step at 64 pixels takes nine times as long as one at 28, and half of the width
/// makes it three times as fast.
const SIZES: [Size; 5] = [
    Size { side: 28, width: 32, steps: 32_000 },
    Size { side: 32, width: 32, steps: 16_000 },
    Size { side: 56, width: 16, steps: 16_000 },
    Size { side: 64, width: 16, steps: 12_000 },
    Size { side: usize::MAX, width: 8, steps: 12_000 },
];

struct Size {
    /// Images of at most this side.
    side: usize,
    width: usize,
    steps: u64,
}

/// What DiffAugment's paper uses, all but the cutout, which generators of few images draw.
const AUGMENTATION: Augmentation = Augmentation {
    brightness: 0.5,
    saturation: 1.0,
    contrast: 0.5,
    translation: 0.125,
    cutout: 0.0,
};

impl Preset {
    /// The preset that suits images of `[height, width]` that nobody has tried yet: `dcgan` where it
    /// takes them, `mlp` where they are small or of another shape.
    pub fn suited_to([height, width]: [usize; 2]) -> Self {
        let is_large = height.min(width) >= MIN_CONVOLUTIONAL_SIDE;
        match is_large && Self::Dcgan.config([3, height, width]).check().is_ok() {
            true => Self::Dcgan,
            false => Self::Mlp,
        }
    }

    /// Whether images may as well stay `[height, width]`: [`Preset::suited_to`] has nothing better for
    /// another size.
    pub fn is_suited_to([height, width]: [usize; 2]) -> bool {
        let is_small = height.max(width) < MIN_CONVOLUTIONAL_SIDE;
        is_small || Self::suited_to([height, width]) == Self::Dcgan
    }
}

impl TrainingConfig {
    /// The same for `images` images that nobody has tried yet: a DCGAN as wide, and a run as long, as
    /// two cores train in about half an hour, or half as wide with half the batch where `time` is
    /// short; a batch that the images fill; and where they are few, differentiable augmentation.
    pub fn sized_for(mut self, images: usize, time: Option<Duration>) -> Self {
        let [channels, height, _] = self.generator.image_shape();
        if let (GeneratorConfig::Dcgan(generator), DiscriminatorConfig::Dcgan(discriminator)) =
            (&mut self.generator, &mut self.discriminator)
        {
            let size = SIZES.iter().find(|size| height <= size.side).expect("the last takes all");
            let part = if time.is_some_and(|time| time < SHORT) { 2 } else { 1 };
            (generator.width, discriminator.width) = (size.width / part, size.width / part);
            self.batch_size /= part;
            self.steps = size.steps * part as u64;
        }
        self.batch_size = self.batch_size.min(images.max(1));
        if images < FEW_IMAGES {
            // Grey has no saturation to change.
            let saturation = if channels == 1 { 0.0 } else { AUGMENTATION.saturation };
            self.stabilisers.augmentation = Augmentation { saturation, ..AUGMENTATION };
        }
        self
    }
}
