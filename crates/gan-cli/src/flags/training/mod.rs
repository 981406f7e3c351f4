//! Flags of every hyperparameter, and what they do to a configuration.

use clap::Args;
use gan_model::ConfigError;
use gan_training::{
    EmaConfig, Every, GradientPenalty, GradientPenaltyKind, Loss, Schedule, TrainingConfig,
};

use super::values::{OrNone, name_or_none, put};

mod evaluation;
mod guard;
mod networks;
mod optimizers;

pub use evaluation::EvaluationFlags;
pub use guard::GuardFlags;
use networks::NetworkFlags;
use optimizers::OptimizerFlags;

/// Flags that replace values of the configuration.
#[derive(Args, Clone, Debug, Default)]
pub struct TrainingFlags {
    /// Length of the run: updates of the generator. The preset's schedules end with it
    #[arg(long, value_name = "N")]
    pub steps: Option<u64>,

    /// Images per step
    #[arg(long, value_name = "N")]
    pub batch_size: Option<usize>,

    /// Seed of the initial weights, the latents and the order of the data
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    #[command(flatten)]
    files: FileFlags,

    #[command(flatten)]
    loss: LossFlags,

    #[command(flatten)]
    stability: StabilityFlags,

    #[command(flatten)]
    augment: AugmentFlags,

    #[command(flatten)]
    optimizers: OptimizerFlags,

    #[command(flatten)]
    networks: NetworkFlags,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Reports and files")]
struct FileFlags {
    /// Steps between two reports of the losses
    #[arg(long, value_name = "N")]
    report_every: Option<u64>,

    /// Steps between two pictures of the fixed latents; 0 for only the last
    #[arg(long, value_name = "N")]
    samples_every: Option<u64>,

    /// Steps between two snapshots; 0 for only the last
    #[arg(long, value_name = "N")]
    snapshot_every: Option<u64>,

    /// Steps between two checkpoints; 0 for only the last
    #[arg(long, value_name = "N")]
    checkpoint_every: Option<u64>,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Loss and penalties")]
struct LossFlags {
    /// Loss of the two networks
    #[arg(long, value_enum)]
    loss: Option<Loss>,

    /// R1 penalty, γ/2 · ‖∇D‖² at real images; a number, or FROM:TO; 0 for none. Images lie
    /// in [0, 1]: divide a γ published for [−1, 1] by 4
    #[arg(long, value_name = "GAMMA")]
    r1_gamma: Option<Schedule>,

    /// R2 penalty, the same at generated images
    #[arg(long, value_name = "GAMMA")]
    r2_gamma: Option<Schedule>,

    /// Penalty that pulls the norm of the discriminator's input gradient towards 1
    #[arg(long, value_name = "PENALTY", value_parser = name_or_none::<GradientPenaltyKind>())]
    gradient_penalty: Option<OrNone<GradientPenaltyKind>>,

    /// λ of --gradient-penalty [default: 10]
    #[arg(long, value_name = "LAMBDA")]
    gradient_penalty_weight: Option<f64>,

    /// Standard deviation of the noise that --gradient-penalty dragan adds to real images
    /// [default: 0.15]
    #[arg(long, value_name = "STD")]
    dragan_std: Option<f64>,

    /// Clip the discriminator's weights to [−CLIP, CLIP], as in the first WGAN; 0 or none for not
    #[arg(long, value_name = "CLIP")]
    weight_clip: Option<OrNone>,

    /// One-sided label smoothing: target for real images, such as 0.9
    #[arg(long, value_name = "TARGET")]
    real_target: Option<f64>,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Stability")]
struct StabilityFlags {
    /// Updates of the discriminator per update of the generator
    #[arg(long, value_name = "N")]
    d_steps: Option<u64>,

    /// Sample from an exponential moving average of the generator's weights with this half-life, in
    /// images; 0 or none for the weights themselves
    #[arg(long, value_name = "IMAGES")]
    ema_half_life: Option<OrNone>,

    /// Early in the run, limit the half-life to this fraction of the images seen, such as 0.05
    #[arg(long, value_name = "FRACTION")]
    ema_ramp_up: Option<f64>,

    /// Standard deviation of noise added to all images that the discriminator sees; a number, or
    /// FROM:TO
    #[arg(long, value_name = "STD")]
    instance_noise: Option<Schedule>,

    /// Clip the norm of each network's gradient; 0 or none for not
    #[arg(long, value_name = "NORM")]
    max_grad_norm: Option<OrNone>,

    /// Mirror every other real image, at random, left for right: for images without text or
    /// handedness
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true")]
    mirror: Option<bool>,
}

#[derive(Args, Clone, Debug, Default)]
#[command(
    next_help_heading = "Augmentation of all images that the discriminator sees (DiffAugment)"
)]
struct AugmentFlags {
    /// Change the brightness by up to this, of values in [−1, 1] as in the paper, such as 0.5
    #[arg(long, value_name = "MAX")]
    augment_brightness: Option<f64>,

    /// Change the saturation of colours by up to this fraction, such as 1
    #[arg(long, value_name = "FRACTION")]
    augment_saturation: Option<f64>,

    /// Change the contrast by up to this fraction, such as 0.5
    #[arg(long, value_name = "FRACTION")]
    augment_contrast: Option<f64>,

    /// Shift by up to this fraction of the side, such as 0.125
    #[arg(long, value_name = "FRACTION")]
    augment_translation: Option<f64>,

    /// Cut out a square of this fraction of the side, such as 0.5
    #[arg(long, value_name = "FRACTION")]
    augment_cutout: Option<f64>,
}

impl TrainingFlags {
    /// Puts what the flags say over what is there.
    ///
    /// # Errors
    /// If a flag belongs to something that is not there.
    pub fn apply(&self, training: &mut TrainingConfig) -> Result<(), ConfigError> {
        if let Some(steps) = self.steps {
            // A recorded trajectory is one of as many steps as were taken then.
            (training.steps, training.trajectory) = (steps, None);
        }
        put(&mut training.batch_size, self.batch_size);
        put(&mut training.seed, self.seed);
        self.files.apply(training);
        self.loss.apply(training)?;
        self.stability.apply(training)?;
        self.augment.apply(training);
        self.optimizers.apply(training);
        self.networks.apply(training)?;
        Ok(())
    }
}

impl FileFlags {
    fn apply(&self, training: &mut TrainingConfig) {
        put(&mut training.report_every, self.report_every.map(Every));
        put(&mut training.samples_every, self.samples_every.map(Every));
        put(&mut training.snapshot_every, self.snapshot_every.map(Every));
        put(&mut training.checkpoint_every, self.checkpoint_every.map(Every));
    }
}

impl AugmentFlags {
    fn apply(&self, training: &mut TrainingConfig) {
        let augmentation = &mut training.stabilisers.augmentation;
        put(&mut augmentation.brightness, self.augment_brightness);
        put(&mut augmentation.saturation, self.augment_saturation);
        put(&mut augmentation.contrast, self.augment_contrast);
        put(&mut augmentation.translation, self.augment_translation);
        put(&mut augmentation.cutout, self.augment_cutout);
    }
}

impl LossFlags {
    fn apply(&self, training: &mut TrainingConfig) -> Result<(), ConfigError> {
        put(&mut training.loss, self.loss);
        let penalties = &mut training.penalties;
        put(&mut penalties.r1_gamma, self.r1_gamma);
        put(&mut penalties.r2_gamma, self.r2_gamma);
        put(&mut penalties.real_target, self.real_target);
        put(&mut penalties.weight_clip, self.weight_clip.map(|max| max.0));
        put(
            &mut penalties.gradient_penalty,
            self.gradient_penalty.map(|kind| kind.0.map(GradientPenalty::from)),
        );
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
        if let Some(value) = self.dragan_std {
            match &mut penalties.gradient_penalty {
                Some(GradientPenalty::Dragan { std, .. }) => *std = value,
                _ => return Err(needs("--dragan-std", value, "--gradient-penalty dragan")),
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
        put(&mut stabilisers.max_grad_norm, self.max_grad_norm.map(|max| max.0));
        put(&mut stabilisers.mirror, self.mirror);
        if let Some(OrNone(half_life)) = self.ema_half_life {
            let ramp_up = stabilisers.generator_ema.map_or(0.0, |ema| ema.ramp_up);
            let average = |half_life_images| EmaConfig { half_life_images, ramp_up };
            stabilisers.generator_ema = half_life.map(average);
        }
        if let Some(fraction) = self.ema_ramp_up {
            match &mut stabilisers.generator_ema {
                Some(ema) => ema.ramp_up = fraction,
                None => return Err(needs("--ema-ramp-up", fraction, "--ema-half-life")),
            }
        }
        Ok(())
    }
}

fn needs(flag: &str, value: f64, other: &str) -> ConfigError {
    ConfigError::new(flag, value, format!("it needs {other}"))
}
