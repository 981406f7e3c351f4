//! Presets by name.

use gan_model::{GeneratorConfig, Output};

use super::{Schedule, TrainingConfig, presets};

/// A configuration by name; its values stand in its row of `presets.rs`.
// The docs are the help of the command line, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Preset {
    /// The classic GAN of 2014 as tutorials train it on MNIST
    Tutorial,
    /// Wider layers, relativistic pairing with R1 and R2 (Huang et al. 2024): it converges
    Mlp,
    /// WGAN-GP (Gulrajani et al. 2017) on the same layers
    WganGp,
    /// DCGAN (Radford et al. 2016) with the loss and penalties of mlp: the best images on two cores
    Dcgan,
    /// A residual network after R3GAN (Huang et al. 2024), small enough for two cores
    R3Small,
    /// The same, made for a GPU
    R3,
    /// Points of the plane: small layers, a linear output, the loss and penalties of mlp
    Points,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Tutorial,
        Self::Mlp,
        Self::WganGp,
        Self::Dcgan,
        Self::R3Small,
        Self::R3,
        Self::Points,
    ];

    /// What it is called on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tutorial => "tutorial",
            Self::Mlp => "mlp",
            Self::WganGp => "wgan-gp",
            Self::Dcgan => "dcgan",
            Self::R3Small => "r3-small",
            Self::R3 => "r3",
            Self::Points => "points",
        }
    }

    /// The preset called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// Its values, for images of `image_shape` (`[channels, height, width]`).
    pub fn config(self, image_shape: [usize; 3]) -> TrainingConfig {
        let config = match self {
            Self::Tutorial => presets::tutorial(image_shape),
            Self::Mlp => presets::mlp(image_shape),
            Self::WganGp => presets::wgan_gp(image_shape),
            Self::Dcgan => presets::dcgan(image_shape),
            Self::R3Small => presets::r3_small(image_shape),
            Self::R3 => presets::r3(image_shape),
            Self::Points => presets::points(image_shape),
        };
        TrainingConfig { preset: self.name().to_owned(), ..config }
    }

    /// Its values where both networks are conditional on `classes` classes.
    pub fn conditional(self, image_shape: [usize; 3], classes: usize) -> TrainingConfig {
        let mut config = self.config(image_shape).with_classes(Some(classes));
        if let GeneratorConfig::Dcgan(generator) = &mut config.generator {
            // Class-conditional, the discriminator can no longer tell real from generated at γ = 0.3,
            // nor where the generator, with a hard sigmoid, is quicker than it at first.
            generator.output = Output::Sigmoid;
            // Half the generator's rate was not tried to the end here.
            config.discriminator_adam = config.generator_adam;
            config.penalties.r1_gamma = Schedule::cosine(0.3, 0.03);
            config.penalties.r2_gamma = Schedule::cosine(0.3, 0.03);
        }
        config
    }
}
