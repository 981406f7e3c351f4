//! Every value of a training run: the configuration, its presets, schedules and rules.

mod interval;
mod model;
mod preset;
mod presets;
mod schedule;
mod suited;
mod trajectory;
mod valid;

pub use interval::Every;
pub use model::{BuiltIn, DiscriminatorOf, GeneratorOf, Model};
pub use preset::Preset;
pub use schedule::{Cosine, Schedule};
pub use trajectory::Trajectory;
pub use valid::ValidConfig;

pub(crate) use valid::MAX_D_STEPS;

use gan_model::{DiscriminatorSpec, GeneratorSpec};
use gan_weights::sha256;
use serde::{Deserialize, Serialize};

use crate::{AdamSchedule, AdversarialLoss, Augmentation, EmaConfig, GradientPenalty};

/// What, together with the data and the backend, decides every bit of a run.
///
/// Networks and loss of your own replace those of a preset: [`TrainingConfig::with_networks`],
/// [`TrainingConfig::with_loss`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct TrainingConfig<M: Model = BuiltIn> {
    /// Name of the preset that the values started from.
    pub preset: String,
    /// The network that turns latents into images.
    pub generator: M::Generator,
    /// The network that tells real images from generated ones.
    pub discriminator: M::Discriminator,
    /// What the two minimise.
    pub loss: M::Loss,
    /// What keeps the discriminator's input gradient bounded.
    pub penalties: PenaltyConfig,
    /// What else keeps training stable.
    pub stabilisers: Stabilisers,
    /// Hyperparameters of the generator's optimizer.
    pub generator_adam: AdamSchedule,
    /// Hyperparameters of the discriminator's optimizer.
    pub discriminator_adam: AdamSchedule,
    /// Real images in a step, and generated ones in each half of it.
    pub batch_size: usize,
    /// Steps of the whole run: updates of the generator.
    pub steps: u64,
    /// How far the run was at each step, where time decided: what schedules followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trajectory: Option<Trajectory>,
    /// Decides initial weights, latents and the order of the data.
    pub seed: u64,
    /// Steps between two reports of the losses.
    pub report_every: Every,
    /// Steps between two pictures of the fixed latents.
    pub samples_every: Every,
    /// Steps between two snapshots.
    pub snapshot_every: Every,
    /// Steps between two evaluations; once there is one, the last step is evaluated, too.
    pub evaluate_every: Every,
    /// Steps between two checkpoints.
    pub checkpoint_every: Every,
}

/// What keeps the discriminator's input gradient bounded. All of it is off by default.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenaltyConfig {
    /// γ of R1: γ/2 · mean ‖∇ₓD(x)‖² at real images in `[0, 1]` (divide a γ published for `[-1, 1]` by
    /// 4); 0 is none.
    pub r1_gamma: Schedule,
    /// γ of R2: γ/2 · mean ‖∇ₓD(G(z))‖² at generated images; 0 is none.
    pub r2_gamma: Schedule,
    /// A penalty that pulls the gradient norm towards 1.
    pub gradient_penalty: Option<GradientPenalty>,
    /// Largest magnitude of the discriminator's parameters: weight clipping.
    pub weight_clip: Option<f64>,
    /// Target for real images: 1, or a little less for one-sided label smoothing.
    pub real_target: f64,
}

/// What else keeps training stable. All of it is off by default.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stabilisers {
    /// Updates of the discriminator before each of the generator's.
    pub d_steps_per_g_step: u64,
    /// The EMA of the generator's weights, which is then sampled from.
    pub generator_ema: Option<EmaConfig>,
    /// Standard deviation of the noise that is added to all images before the discriminator sees
    /// them; 0 is none.
    pub instance_noise: Schedule,
    /// How far the images that the discriminator sees are augmented.
    pub augmentation: Augmentation,
    /// Largest norm of a network's gradients together; longer ones are clipped to it.
    pub max_grad_norm: Option<f64>,
    /// Whether every other real image, at random, is mirrored, left for right: twice as much data
    /// where both sides are alike.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mirror: bool,
}

impl<M: Model> TrainingConfig<M> {
    /// Real images shown in a step, to the discriminator alone.
    pub fn images_per_step(&self) -> u64 {
        (self.batch_size as u64).saturating_mul(self.stabilisers.d_steps_per_g_step)
    }

    /// How far a run is after `step` steps, from 0 to 1: what schedules follow.
    pub fn progress(&self, step: u64) -> f64 {
        match &self.trajectory {
            Some(trajectory) => trajectory.progress(step, self.steps),
            None => step as f64 / self.steps as f64,
        }
    }

    /// SHA-256 of the JSON of what decides the weights: equal for equal configurations, whatever machine
    /// they run on and however often they report, sample or evaluate.
    pub fn sha256(&self) -> String {
        let never = Every(0);
        let decides = Self {
            report_every: never,
            samples_every: never,
            snapshot_every: never,
            evaluate_every: never,
            checkpoint_every: never,
            ..self.clone()
        };
        sha256(&serde_json::to_vec(&decides).expect("plain data is always JSON"))
    }

    /// The same for other networks, such as your own.
    pub fn with_networks<G: GeneratorSpec, D: DiscriminatorSpec>(
        self,
        generator: G,
        discriminator: D,
    ) -> TrainingConfig<(G, D, M::Loss)> {
        let loss = self.loss.clone();
        self.with(generator, discriminator, loss)
    }

    /// The same with another loss, such as your own.
    pub fn with_loss<L: AdversarialLoss>(
        self,
        loss: L,
    ) -> TrainingConfig<(M::Generator, M::Discriminator, L)> {
        let (generator, discriminator) = (self.generator.clone(), self.discriminator.clone());
        self.with(generator, discriminator, loss)
    }

    fn with<G: GeneratorSpec, D: DiscriminatorSpec, L: AdversarialLoss>(
        self,
        generator: G,
        discriminator: D,
        loss: L,
    ) -> TrainingConfig<(G, D, L)> {
        TrainingConfig {
            preset: self.preset,
            generator,
            discriminator,
            loss,
            penalties: self.penalties,
            stabilisers: self.stabilisers,
            generator_adam: self.generator_adam,
            discriminator_adam: self.discriminator_adam,
            batch_size: self.batch_size,
            steps: self.steps,
            trajectory: self.trajectory,
            seed: self.seed,
            report_every: self.report_every,
            samples_every: self.samples_every,
            snapshot_every: self.snapshot_every,
            evaluate_every: self.evaluate_every,
            checkpoint_every: self.checkpoint_every,
        }
    }
}

impl TrainingConfig {
    /// The same with networks conditional on so many classes, or on none.
    pub fn with_classes(self, classes: Option<usize>) -> Self {
        Self {
            generator: self.generator.with_classes(classes),
            discriminator: self.discriminator.with_classes(classes),
            ..self
        }
    }
}

impl PenaltyConfig {
    /// Whether there is a penalty on the discriminator's input gradient.
    pub fn need_input_gradient(&self) -> bool {
        !self.r1_gamma.is_zero() || !self.r2_gamma.is_zero() || self.gradient_penalty.is_some()
    }
}

impl Default for PenaltyConfig {
    fn default() -> Self {
        Self {
            r1_gamma: Schedule::Constant(0.0),
            r2_gamma: Schedule::Constant(0.0),
            gradient_penalty: None,
            weight_clip: None,
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
            max_grad_norm: None,
            mirror: false,
        }
    }
}
