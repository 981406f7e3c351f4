//! Flags for every number of a training, and what they do to a configuration.

use clap::Args;
use gan_model::ConfigError;
use gan_training::{EmaConfig, Every, GradientPenalty, Loss, Schedule, TrainingConfig};

use crate::flags::names::{LossName, OrNone, PenaltyName, put};
use crate::flags::networks::{NetworkFlags, OptimizerFlags};

/// Flags that put their value over the configuration's.
#[derive(Args, Clone, Debug, Default)]
pub struct TrainingFlags {
    /// Steps of the whole run: updates of the generator; the preset's schedules end with them
    #[arg(long, value_name = "N")]
    pub steps: Option<u64>,

    /// Images in a step
    #[arg(long, value_name = "N")]
    pub batch_size: Option<usize>,

    /// Decides initial weights, latents and the order of the data
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Steps between two reports of the losses
    #[arg(long, value_name = "N")]
    pub report_every: Option<u64>,

    /// Steps between two pictures of the fixed latents; 0 for only the last
    #[arg(long, value_name = "N")]
    pub samples_every: Option<u64>,

    /// Steps between two snapshots; 0 for only the last
    #[arg(long, value_name = "N")]
    pub snapshot_every: Option<u64>,

    /// Steps between two checkpoints; 0 for only the last
    #[arg(long, value_name = "N")]
    pub checkpoint_every: Option<u64>,

    #[command(flatten)]
    game: GameFlags,

    #[command(flatten)]
    stability: StabilityFlags,

    #[command(flatten)]
    optimizers: OptimizerFlags,

    #[command(flatten)]
    networks: NetworkFlags,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "The game")]
struct GameFlags {
    /// What the two networks minimise
    #[arg(long, value_enum)]
    loss: Option<LossName>,

    /// R1: γ/2 · ‖∇D‖² at real images; a number, or FROM:TO:IMAGES; 0 is none
    #[arg(long, value_name = "GAMMA")]
    r1_gamma: Option<Schedule>,

    /// R2: the same at generated images
    #[arg(long, value_name = "GAMMA")]
    r2_gamma: Option<Schedule>,

    /// A penalty that pulls the discriminator's slope towards 1
    #[arg(long, value_enum)]
    gradient_penalty: Option<PenaltyName>,

    /// λ of --gradient-penalty [default: 10]
    #[arg(long, value_name = "LAMBDA")]
    gradient_penalty_weight: Option<f64>,

    /// How far around real images `dragan` looks [default: 0.15]
    #[arg(long, value_name = "DEVIATION")]
    dragan_spread: Option<f64>,

    /// Clip the discriminator's weights to this magnitude, as the first WGAN does, or `none`
    #[arg(long, value_name = "LIMIT")]
    weight_limit: Option<OrNone<f64>>,

    /// Target for real images: below 1, such as 0.9, for one-sided label smoothing
    #[arg(long, value_name = "TARGET")]
    real_target: Option<f64>,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Stability")]
struct StabilityFlags {
    /// Updates of the discriminator before each of the generator's
    #[arg(long, value_name = "N")]
    d_steps: Option<u64>,

    /// Sample from an average of the generator's weights in which what is older than so many images
    /// counts half, or `none`
    #[arg(long, value_name = "IMAGES")]
    ema_half_life: Option<OrNone<f64>>,

    /// Early on, keep the half-life below this share of the images seen, such as 0.05
    #[arg(long, value_name = "SHARE")]
    ema_ramp_up: Option<f64>,

    /// Deviation of noise added to all images; a number, or FROM:TO:IMAGES
    #[arg(long, value_name = "DEVIATION")]
    instance_noise: Option<Schedule>,

    /// Show the discriminator all images brighter or darker by up to this, such as 0.5
    #[arg(long, value_name = "MOST")]
    augment_brightness: Option<f64>,

    /// … with up to this share more or less contrast, such as 0.5
    #[arg(long, value_name = "SHARE")]
    augment_contrast: Option<f64>,

    /// … moved by up to this share of their side, such as 0.125
    #[arg(long, value_name = "SHARE")]
    augment_translation: Option<f64>,

    /// … with a hole of this share of their side, such as 0.5
    #[arg(long, value_name = "SHARE")]
    augment_cutout: Option<f64>,

    /// Shorten a network's gradients to this norm, or `none`
    #[arg(long, value_name = "NORM")]
    gradient_norm_limit: Option<OrNone<f64>>,
}

impl TrainingFlags {
    /// Puts what the flags say over what is there.
    ///
    /// # Errors
    /// If a flag belongs to something that is not there.
    pub fn apply(&self, training: &mut TrainingConfig) -> Result<(), ConfigError> {
        put(&mut training.steps, self.steps);
        put(&mut training.batch_size, self.batch_size);
        put(&mut training.seed, self.seed);
        put(&mut training.report_every, self.report_every.map(Every));
        put(&mut training.samples_every, self.samples_every.map(Every));
        put(&mut training.snapshot_every, self.snapshot_every.map(Every));
        put(&mut training.checkpoint_every, self.checkpoint_every.map(Every));
        self.game.apply(training)?;
        self.stability.apply(training)?;
        self.optimizers.apply(training);
        self.networks.apply(training)?;
        Ok(())
    }
}

impl GameFlags {
    fn apply(&self, training: &mut TrainingConfig) -> Result<(), ConfigError> {
        put(&mut training.loss, self.loss.map(Loss::from));
        let penalties = &mut training.penalties;
        put(&mut penalties.r1_gamma, self.r1_gamma);
        put(&mut penalties.r2_gamma, self.r2_gamma);
        put(&mut penalties.real_target, self.real_target);
        put(&mut penalties.weight_limit, self.weight_limit.map(|limit| limit.0));
        match self.gradient_penalty {
            Some(PenaltyName::None) => penalties.gradient_penalty = None,
            Some(PenaltyName::Interpolates) => {
                penalties.gradient_penalty = Some(GradientPenalty::Interpolates { lambda: 10.0 });
            }
            Some(PenaltyName::Dragan) => {
                let penalty = GradientPenalty::Dragan { lambda: 10.0, spread: 0.15 };
                penalties.gradient_penalty = Some(penalty);
            }
            None => {}
        }
        if let Some(weight) = self.gradient_penalty_weight {
            match &mut penalties.gradient_penalty {
                Some(
                    GradientPenalty::Interpolates { lambda }
                    | GradientPenalty::Dragan { lambda, .. },
                ) => *lambda = weight,
                None => {
                    return Err(needs("--gradient-penalty-weight", weight, "--gradient-penalty"));
                }
            }
        }
        if let Some(value) = self.dragan_spread {
            match &mut penalties.gradient_penalty {
                Some(GradientPenalty::Dragan { spread, .. }) => *spread = value,
                _ => return Err(needs("--dragan-spread", value, "--gradient-penalty dragan")),
            }
        }
        Ok(())
    }
}

impl StabilityFlags {
    fn apply(&self, training: &mut TrainingConfig) -> Result<(), ConfigError> {
        let stabilisers = &mut training.stabilisers;
        put(&mut stabilisers.d_steps_per_g_step, self.d_steps);
        put(&mut stabilisers.instance_noise, self.instance_noise);
        put(&mut stabilisers.gradient_norm_limit, self.gradient_norm_limit.map(|limit| limit.0));
        let augmentation = &mut stabilisers.augmentation;
        put(&mut augmentation.brightness, self.augment_brightness);
        put(&mut augmentation.contrast, self.augment_contrast);
        put(&mut augmentation.translation, self.augment_translation);
        put(&mut augmentation.cutout, self.augment_cutout);
        if let Some(OrNone(half_life)) = self.ema_half_life {
            let ramp_up = stabilisers.generator_ema.map_or(0.0, |ema| ema.ramp_up);
            let average = |half_life_images| EmaConfig { half_life_images, ramp_up };
            stabilisers.generator_ema = half_life.map(average);
        }
        if let Some(share) = self.ema_ramp_up {
            match &mut stabilisers.generator_ema {
                Some(ema) => ema.ramp_up = share,
                None => return Err(needs("--ema-ramp-up", share, "--ema-half-life")),
            }
        }
        Ok(())
    }
}

fn needs(flag: &str, value: f64, other: &str) -> ConfigError {
    ConfigError::new(flag, value, format!("that needs {other}"))
}
