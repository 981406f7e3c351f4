//! Presets: every value of one stands in its row here; presets differ only by values.

use gan_model::{
    Activation, DcganDiscriminatorConfig, DcganGeneratorConfig, DiscriminatorConfig,
    GeneratorConfig, LatentDistribution, LatentSpace, MlpDiscriminatorConfig, MlpGeneratorConfig,
    Output, ResidualDiscriminatorConfig, ResidualGeneratorConfig, ResidualStages,
};

use super::{Every, PenaltyConfig, Schedule, Stabilisers, TrainingConfig};
use crate::{AdamSchedule, EmaConfig, GradientPenalty, Loss};

/// The classic GAN of 2014 as tutorials train it on MNIST.
pub(super) fn tutorial(image_shape: [usize; 3]) -> TrainingConfig {
    TrainingConfig {
        preset: String::new(),
        generator: GeneratorConfig::Mlp(MlpGeneratorConfig {
            latents: LatentSpace { dim: 100, distribution: LatentDistribution::Uniform },
            hidden: vec![128],
            image_shape,
            classes: None,
            activation: Activation::Relu,
            output: Output::Sigmoid,
        }),
        discriminator: DiscriminatorConfig::Mlp(MlpDiscriminatorConfig {
            image_shape,
            hidden: vec![128],
            classes: None,
            activation: Activation::Relu,
            spectral_norm: false,
            minibatch_std: false,
        }),
        loss: Loss::NonSaturating,
        penalties: PenaltyConfig::default(),
        stabilisers: Stabilisers::default(),
        generator_adam: adam(1e-3, 0.9, 0.999),
        discriminator_adam: adam(1e-3, 0.9, 0.999),
        batch_size: 100,
        steps: 60_000,
        trajectory: None,
        seed: 0,
        report_every: Every(1_000),
        samples_every: Every(1_000),
        snapshot_every: Every(10_000),
        checkpoint_every: Every(1_000),
        evaluate_every: Every(0),
    }
}

/// Wider layers; relativistic pairing with R1 and R2 (Huang et al. 2024).
pub(super) fn mlp(image_shape: [usize; 3]) -> TrainingConfig {
    TrainingConfig {
        preset: String::new(),
        generator: wide_generator(image_shape),
        discriminator: wide_discriminator(image_shape),
        loss: Loss::RelativisticPairing,
        penalties: PenaltyConfig {
            r1_gamma: Schedule::Constant(0.3),
            r2_gamma: Schedule::Constant(0.3),
            ..PenaltyConfig::default()
        },
        stabilisers: Stabilisers {
            // 0.999 a step of 128 images.
            generator_ema: Some(EmaConfig { half_life_images: 88_700.0, ramp_up: 0.0 }),
            ..Stabilisers::default()
        },
        generator_adam: adam(1e-3, 0.0, 0.99),
        discriminator_adam: adam(1e-3, 0.0, 0.99),
        batch_size: 128,
        steps: 40_000,
        trajectory: None,
        seed: 0,
        report_every: Every(500),
        samples_every: Every(1_000),
        snapshot_every: Every(10_000),
        checkpoint_every: Every(500),
        evaluate_every: Every(0),
    }
}

/// WGAN-GP (Gulrajani et al. 2017) on the layers of `mlp`. λ, five updates of the discriminator and
/// Adam's hyperparameters are those of its Algorithm 1.
pub(super) fn wgan_gp(image_shape: [usize; 3]) -> TrainingConfig {
    TrainingConfig {
        preset: String::new(),
        generator: wide_generator(image_shape),
        discriminator: wide_discriminator(image_shape),
        loss: Loss::Wasserstein,
        penalties: PenaltyConfig {
            gradient_penalty: Some(GradientPenalty::Interpolates { lambda: 10.0 }),
            ..PenaltyConfig::default()
        },
        stabilisers: Stabilisers { d_steps_per_g_step: 5, ..Stabilisers::default() },
        generator_adam: adam(1e-4, 0.0, 0.9),
        discriminator_adam: adam(1e-4, 0.0, 0.9),
        batch_size: 64,
        steps: 30_000,
        trajectory: None,
        seed: 0,
        report_every: Every(200),
        samples_every: Every(500),
        snapshot_every: Every(5_000),
        checkpoint_every: Every(200),
        evaluate_every: Every(0),
    }
}

/// DCGAN (Radford et al. 2016), its discriminator without batch norm, with a fully connected layer
/// more in each network, the loss and penalties of `mlp`; narrow enough for two cores.
pub(super) fn dcgan(image_shape: [usize; 3]) -> TrainingConfig {
    TrainingConfig {
        preset: String::new(),
        generator: GeneratorConfig::Dcgan(DcganGeneratorConfig {
            latents: LatentSpace { dim: 64, distribution: LatentDistribution::Normal },
            image_shape,
            width: 32,
            dense: vec![256],
            output: Output::HardSigmoid,
            classes: None,
        }),
        discriminator: DiscriminatorConfig::Dcgan(DcganDiscriminatorConfig {
            image_shape,
            width: 32,
            dense: vec![256],
            classes: None,
            minibatch_std: false,
        }),
        loss: Loss::RelativisticPairing,
        penalties: PenaltyConfig {
            r1_gamma: Schedule::Constant(0.3),
            r2_gamma: Schedule::Constant(0.3),
            ..PenaltyConfig::default()
        },
        stabilisers: Stabilisers {
            generator_ema: Some(EmaConfig { half_life_images: 100_000.0, ramp_up: 0.05 }),
            ..Stabilisers::default()
        },
        generator_adam: decaying_adam(1e-3, 5e-5),
        // With half the generator's rate the FD falls sooner.
        discriminator_adam: decaying_adam(5e-4, 5e-5),
        batch_size: 64,
        steps: 32_000,
        trajectory: None,
        seed: 0,
        report_every: Every(200),
        samples_every: Every(500),
        snapshot_every: Every(5_000),
        checkpoint_every: Every(200),
        evaluate_every: Every(0),
    }
}

/// A residual network after R3GAN (Huang et al. 2024), small enough for two cores.
pub(super) fn r3_small(image_shape: [usize; 3]) -> TrainingConfig {
    TrainingConfig {
        preset: String::new(),
        batch_size: 64,
        steps: 15_000,
        generator_adam: decaying_adam(1e-3, 5e-5),
        discriminator_adam: decaying_adam(1e-3, 5e-5),
        ..residual(
            image_shape,
            ResidualStages {
                // All of it at a quarter of the image's size: convolutions are expensive above. With
                // one block, nothing in the discriminator sees more than 12 pixels at once.
                widths: vec![64],
                blocks: 2,
                expansion: 2,
                group_width: 16,
                patch: 4,
            },
            0.3,
        )
    }
}

/// The same, made for a GPU.
pub(super) fn r3(image_shape: [usize; 3]) -> TrainingConfig {
    TrainingConfig {
        preset: String::new(),
        batch_size: 256,
        steps: 50_000,
        ..residual(
            image_shape,
            ResidualStages {
                widths: vec![256, 256, 256],
                blocks: 2,
                expansion: 2,
                group_width: 16,
                patch: 1,
            },
            1.0,
        )
    }
}

/// Points of the plane: small layers, a linear output, the loss and penalties of `mlp`.
pub(super) fn points(image_shape: [usize; 3]) -> TrainingConfig {
    TrainingConfig {
        preset: String::new(),
        generator: GeneratorConfig::Mlp(MlpGeneratorConfig {
            latents: LatentSpace { dim: 16, distribution: LatentDistribution::Normal },
            // A deep generator whose units can be flat bends sharply from mode to mode: with two
            // layers three tenths of the points lie between the ring's, with leaky ReLU a sixth
            // of them between the grid's, with neither a twentieth.
            hidden: vec![128; 4],
            image_shape,
            classes: None,
            activation: Activation::Relu,
            output: Output::Linear,
        }),
        discriminator: DiscriminatorConfig::Mlp(MlpDiscriminatorConfig {
            image_shape,
            hidden: vec![128; 4],
            classes: None,
            activation: Activation::LeakyRelu,
            spectral_norm: false,
            minibatch_std: false,
        }),
        loss: Loss::RelativisticPairing,
        penalties: PenaltyConfig {
            r1_gamma: Schedule::Constant(0.2),
            r2_gamma: Schedule::Constant(0.2),
            ..PenaltyConfig::default()
        },
        stabilisers: Stabilisers {
            generator_ema: Some(EmaConfig { half_life_images: 50_000.0, ramp_up: 0.0 }),
            ..Stabilisers::default()
        },
        generator_adam: decaying_adam(2e-3, 1e-5),
        discriminator_adam: decaying_adam(2e-3, 1e-5),
        batch_size: 256,
        steps: 10_000,
        trajectory: None,
        seed: 0,
        report_every: Every(1_000),
        samples_every: Every(500),
        snapshot_every: Every(0),
        checkpoint_every: Every(1_000),
        evaluate_every: Every(0),
    }
}

/// Relativistic pairing with R1 and R2 of weight `gamma` between two residual networks.
fn residual(image_shape: [usize; 3], stages: ResidualStages, gamma: f64) -> TrainingConfig {
    TrainingConfig {
        preset: String::new(),
        generator: GeneratorConfig::Residual(ResidualGeneratorConfig {
            latents: LatentSpace { dim: 64, distribution: LatentDistribution::Normal },
            image_shape,
            stages: stages.clone(),
            output: Output::Sigmoid,
            classes: None,
        }),
        discriminator: DiscriminatorConfig::Residual(ResidualDiscriminatorConfig {
            image_shape,
            stages,
            classes: None,
        }),
        loss: Loss::RelativisticPairing,
        penalties: PenaltyConfig {
            r1_gamma: gamma.into(),
            r2_gamma: gamma.into(),
            ..PenaltyConfig::default()
        },
        stabilisers: Stabilisers {
            generator_ema: Some(EmaConfig { half_life_images: 50_000.0, ramp_up: 0.05 }),
            ..Stabilisers::default()
        },
        generator_adam: adam(2e-4, 0.0, 0.99),
        discriminator_adam: adam(2e-4, 0.0, 0.99),
        batch_size: 64,
        steps: 20_000,
        trajectory: None,
        seed: 0,
        report_every: Every(100),
        samples_every: Every(200),
        snapshot_every: Every(2_000),
        checkpoint_every: Every(100),
        evaluate_every: Every(0),
    }
}

/// 64 normal latents → 512 → 512 → image.
fn wide_generator(image_shape: [usize; 3]) -> GeneratorConfig {
    GeneratorConfig::Mlp(MlpGeneratorConfig {
        latents: LatentSpace { dim: 64, distribution: LatentDistribution::Normal },
        hidden: vec![512, 512],
        image_shape,
        classes: None,
        activation: Activation::LeakyRelu,
        output: Output::Sigmoid,
    })
}

/// Image → 512 → 512 → logit.
fn wide_discriminator(image_shape: [usize; 3]) -> DiscriminatorConfig {
    DiscriminatorConfig::Mlp(MlpDiscriminatorConfig {
        image_shape,
        hidden: vec![512, 512],
        classes: None,
        activation: Activation::LeakyRelu,
        spectral_norm: false,
        minibatch_std: false,
    })
}

fn adam(learning_rate: f64, beta_1: f64, beta_2: f64) -> AdamSchedule {
    AdamSchedule {
        learning_rate: learning_rate.into(),
        beta_1,
        beta_2: beta_2.into(),
        epsilon: 1e-8,
    }
}

/// A learning rate that falls along half a cosine: points lie sharply at the end, and the FD of `dcgan` goes on
/// falling where at a constant rate it goes up and down.
fn decaying_adam(from: f64, to: f64) -> AdamSchedule {
    AdamSchedule { learning_rate: Schedule::cosine(from, to), ..adam(from, 0.0, 0.99) }
}
