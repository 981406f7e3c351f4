//! Recipes. Every number of one stands in its row here; recipes differ only by values.

use gan_model::{
    DiscriminatorConfig, GeneratorConfig, LatentDistribution, LatentSpace, MlpDiscriminatorConfig,
    MlpGeneratorConfig,
};

use crate::{AdamConfig, Every, Loss, TrainingConfig};

/// A recipe by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The classic GAN of 2014 as tutorials train it on MNIST.
    Tutorial,
}

impl Preset {
    /// All recipes.
    pub const ALL: [Self; 1] = [Self::Tutorial];

    /// What it is called on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tutorial => "tutorial",
        }
    }

    /// Its numbers, for images of `image_shape` (`[channels, height, width]`).
    pub fn config(self, image_shape: [usize; 3]) -> TrainingConfig {
        match self {
            Self::Tutorial => TrainingConfig {
                preset: self.name().to_owned(),
                generator: GeneratorConfig::Mlp(MlpGeneratorConfig {
                    latents: LatentSpace { dim: 100, distribution: LatentDistribution::Uniform },
                    hidden: vec![128],
                    image_shape,
                    classes: None,
                }),
                discriminator: DiscriminatorConfig::Mlp(MlpDiscriminatorConfig {
                    image_shape,
                    hidden: vec![128],
                    classes: None,
                }),
                loss: Loss::NonSaturating,
                generator_adam: TUTORIAL_ADAM,
                discriminator_adam: TUTORIAL_ADAM,
                batch_size: 100,
                steps: 60_000,
                seed: 0,
                report_every: Every(1_000),
                samples_every: Every(1_000),
                snapshot_every: Every(10_000),
                checkpoint_every: Every(1_000),
            },
        }
    }
}

const TUTORIAL_ADAM: AdamConfig =
    AdamConfig { learning_rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 };
