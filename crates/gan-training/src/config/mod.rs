//! Every number of a training run.

use gan_model::{ConfigError, DiscriminatorConfig, GeneratorConfig};
use serde::{Deserialize, Serialize};

use crate::{AdamSchedule, Augmentation, EmaConfig, Every, GradientPenalty, Loss, Schedule};

/// What, together with the data and the backend, decides every bit of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// Name of the recipe that the numbers started from.
    pub preset: String,
    /// The network that turns latents into images.
    pub generator: GeneratorConfig,
    /// The network that tells real from generated.
    pub discriminator: DiscriminatorConfig,
    /// The game they play.
    pub loss: Loss,
    /// What keeps the discriminator's slope bounded.
    #[serde(default)]
    pub penalties: PenaltyConfig,
    /// What else keeps the game stable.
    #[serde(default)]
    pub stabilisers: Stabilisers,
    /// Numbers of the generator's optimizer.
    pub generator_adam: AdamSchedule,
    /// Numbers of the discriminator's optimizer.
    pub discriminator_adam: AdamSchedule,
    /// Real images in a step, and generated ones in each half of it.
    pub batch_size: usize,
    /// Steps of the whole run: updates of the generator.
    pub steps: u64,
    /// Decides initial weights, latents and the order of the data.
    pub seed: u64,
    /// Steps between two reports of the losses.
    pub report_every: Every,
    /// Steps between two pictures of the fixed latents.
    pub samples_every: Every,
    /// Steps between two snapshots.
    pub snapshot_every: Every,
    /// Steps between two evaluations; once there is one, the last step is evaluated, too.
    #[serde(default, skip_serializing_if = "Every::is_never")]
    pub evaluate_every: Every,
    /// Steps between two checkpoints.
    pub checkpoint_every: Every,
}

/// What keeps the discriminator's slope bounded. All of it is off by default.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PenaltyConfig {
    /// γ of R1: γ/2 · mean ‖∇ₓD(x)‖² at real images; 0 is none.
    pub r1_gamma: Schedule,
    /// γ of R2: γ/2 · mean ‖∇ₓD(G(z))‖² at generated images; 0 is none.
    pub r2_gamma: Schedule,
    /// A penalty that pulls the slope towards 1.
    pub gradient_penalty: Option<GradientPenalty>,
    /// Largest magnitude of the discriminator's parameters: weight clipping.
    pub weight_limit: Option<f64>,
    /// Target for real images: 1, or a little less for one-sided label smoothing.
    pub real_target: f64,
}

/// What else keeps the game stable. All of it is off by default.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stabilisers {
    /// Updates of the discriminator before each of the generator's.
    pub d_steps_per_g_step: u64,
    /// The average of the generator's weights that is sampled from in their place.
    pub generator_ema: Option<EmaConfig>,
    /// Standard deviation of the noise that is added to all images before the discriminator sees
    /// them; 0 is none.
    pub instance_noise: Schedule,
    /// How the discriminator sees all images.
    pub augmentation: Augmentation,
    /// Largest norm of a network's gradients together; longer ones are shortened to it.
    pub gradient_norm_limit: Option<f64>,
}

impl Default for PenaltyConfig {
    fn default() -> Self {
        Self {
            r1_gamma: Schedule::Constant(0.0),
            r2_gamma: Schedule::Constant(0.0),
            gradient_penalty: None,
            weight_limit: None,
            real_target: 1.0,
        }
    }
}

impl Default for Stabilisers {
    fn default() -> Self {
        Self {
            d_steps_per_g_step: 1,
            generator_ema: None,
            instance_noise: Schedule::Constant(0.0),
            augmentation: Augmentation::default(),
            gradient_norm_limit: None,
        }
    }
}

impl TrainingConfig {
    /// Real images shown in a step, to the discriminator alone.
    pub fn images_per_step(&self) -> u64 {
        (self.batch_size as u64).saturating_mul(self.stabilisers.d_steps_per_g_step)
    }

    /// Real images shown in the whole run, to the discriminator alone.
    pub fn images(&self) -> u64 {
        self.images_per_step().saturating_mul(self.steps)
    }

    /// The same recipe with networks that are told one of so many classes, or of none.
    pub fn with_classes(self, classes: Option<usize>) -> Self {
        Self {
            generator: self.generator.with_classes(classes),
            discriminator: self.discriminator.with_classes(classes),
            ..self
        }
    }

    /// The same recipe in `steps` steps: schedules and the average's half-life become longer or
    /// shorter with it.
    pub fn stretched_to(&self, steps: u64) -> Self {
        let factor = steps as f64 / self.steps as f64;
        let ema = self.stabilisers.generator_ema.map(|ema| ema.stretched(factor));
        let stretched = self.with_schedules(factor);
        Self {
            stabilisers: Stabilisers { generator_ema: ema, ..stretched.stabilisers },
            steps,
            ..stretched
        }
    }

    /// The same recipe with schedules `factor` times as long, for a run of other length or other batches.
    pub fn with_schedules(&self, factor: f64) -> Self {
        let (penalties, stabilisers) = (self.penalties, self.stabilisers);
        Self {
            penalties: PenaltyConfig {
                r1_gamma: penalties.r1_gamma.stretched(factor),
                r2_gamma: penalties.r2_gamma.stretched(factor),
                ..penalties
            },
            stabilisers: Stabilisers {
                instance_noise: stabilisers.instance_noise.stretched(factor),
                ..stabilisers
            },
            generator_adam: self.generator_adam.stretched(factor),
            discriminator_adam: self.discriminator_adam.stretched(factor),
            ..self.clone()
        }
    }

    /// Refuses what cannot be trained.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.generator.check()?;
        self.discriminator.check()?;
        let (made, judged) = (self.generator.image_shape(), self.discriminator.image_shape());
        if made != judged {
            let rule = format!("the generator makes images of shape {made:?}");
            return Err(ConfigError::new("discriminator.image_shape", judged, rule));
        }
        let (told, judged) = (self.generator.classes(), self.discriminator.classes());
        if told != judged {
            let rule = format!("the generator is told {told:?} classes; both see the same");
            return Err(ConfigError::new("discriminator.classes", judged, rule));
        }
        self.check_penalties()?;
        self.check_stabilisers()?;
        self.generator_adam.check("generator_adam")?;
        self.discriminator_adam.check("discriminator_adam")?;
        if self.batch_size == 0 {
            return Err(ConfigError::new("batch_size", 0, "a batch holds at least 1 image"));
        }
        if self.steps == 0 {
            return Err(ConfigError::new("steps", 0, "a run takes at least 1 step"));
        }
        if self.report_every.0 == 0 {
            let rule = "the losses must be read now and then, at least every 1 step";
            return Err(ConfigError::new("report_every", 0, rule));
        }
        Ok(())
    }

    fn check_penalties(&self) -> Result<(), ConfigError> {
        let PenaltyConfig { r1_gamma, r2_gamma, gradient_penalty, weight_limit, real_target } =
            self.penalties;
        let not_negative = (|gamma: f64| gamma >= 0.0, "it must be 0 or above");
        r1_gamma.check("penalties.r1_gamma", not_negative.0, not_negative.1)?;
        r2_gamma.check("penalties.r2_gamma", not_negative.0, not_negative.1)?;
        if let Some(penalty) = gradient_penalty {
            penalty.check("penalties.gradient_penalty")?;
        }
        if self.penalties.need_input_gradient() {
            self.discriminator.differentiates_input()?;
        }
        if let Some(limit) = weight_limit {
            positive("penalties.weight_limit", limit)?;
            if self.penalties.need_input_gradient() {
                let rule = "clipped weights and penalties on the gradient bound the same slope: \
                            leave one of them away";
                return Err(ConfigError::new("penalties.weight_limit", limit, rule));
            }
        }
        let field = "penalties.real_target";
        if !(real_target > 0.0 && real_target <= 1.0) {
            return Err(ConfigError::new(field, real_target, "it must lie in (0, 1]"));
        }
        if real_target != 1.0 && !self.loss.has_real_target() {
            let rule = format!("the loss {:?} has no target to smooth", self.loss);
            return Err(ConfigError::new(field, real_target, rule));
        }
        Ok(())
    }

    fn check_stabilisers(&self) -> Result<(), ConfigError> {
        let Stabilisers {
            d_steps_per_g_step,
            generator_ema,
            instance_noise,
            augmentation,
            gradient_norm_limit,
        } = self.stabilisers;
        if !(1..=MOST_D_STEPS).contains(&d_steps_per_g_step) {
            let rule = format!("it must lie between 1 and {MOST_D_STEPS}");
            let field = "stabilisers.d_steps_per_g_step";
            return Err(ConfigError::new(field, d_steps_per_g_step, rule));
        }
        if let Some(ema) = generator_ema {
            ema.check("stabilisers.generator_ema")?;
        }
        let (not_negative, rule) = (|deviation: f64| deviation >= 0.0, "it must be 0 or above");
        instance_noise.check("stabilisers.instance_noise", not_negative, rule)?;
        augmentation.check("stabilisers.augmentation")?;
        gradient_norm_limit
            .map_or(Ok(()), |limit| positive("stabilisers.gradient_norm_limit", limit))
    }
}

impl PenaltyConfig {
    /// Whether there is a penalty on the discriminator's input gradient.
    pub fn need_input_gradient(&self) -> bool {
        !self.r1_gamma.is_zero() || !self.r2_gamma.is_zero() || self.gradient_penalty.is_some()
    }
}

pub(crate) const MOST_D_STEPS: u64 = 1_000;

fn positive(field: &str, value: f64) -> Result<(), ConfigError> {
    match value.is_finite() && value > 0.0 {
        true => Ok(()),
        false => Err(ConfigError::new(field, value, "it must be above 0")),
    }
}
