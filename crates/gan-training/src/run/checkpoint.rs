//! Checkpoints: everything a run needs to go on as if it had never stopped.
//!
//! A checkpoint is a safetensors file: the weights of both networks, the moments of both
//! optimizers, and as JSON the configuration and the counters. Random state needs no saving: it
//! follows from the seed and the step.

use std::sync::Arc;

use burn::tensor::Device;
use gan_collective::{Collective, Single};
use gan_data::ImageSet;
use gan_model::{
    ConfigError, Discriminator, DiscriminatorConfig, DiscriminatorSpec, GeneratorSpec,
};
use gan_random::Rng;
use gan_weights::{
    WeightFile, WeightsError, learned_weights, load_weights, named_weights, write_weight_file,
};
use serde::{Deserialize, Serialize};

use super::event::NonFinite;
use super::sharing::SharingError;
use super::tally::Sums;
use super::trainer::{Trainer, TrainerState};
use crate::adam::Adam;
use crate::config::{BuiltIn, MAX_D_STEPS, Model, TrainingConfig};
use crate::ema::Ema;
use crate::penalty::Penalties;
use crate::step::Gan;

const KEY: &str = "gan-checkpoint";
const FORMAT: u32 = 1;
const GENERATOR: &str = "generator.";
const GENERATOR_EMA: &str = "generator_ema.";
const DISCRIMINATOR: &str = "discriminator.";
const GENERATOR_ADAM: &str = "generator_adam.";
const DISCRIMINATOR_ADAM: &str = "discriminator_adam.";

/// A file that no run can go on from.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Its tensors are damaged or do not fit its configuration.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// It is a safetensors file, but no checkpoint.
    #[error("a safetensors file, but not a checkpoint: it has no `{KEY}` entry in its metadata")]
    NoState,
    /// Its description cannot be understood.
    #[error("the description of the run inside cannot be read: {0}")]
    State(#[from] serde_json::Error),
    /// It was written by a newer version.
    #[error("format {0}, but this version reads up to format {FORMAT}: please update")]
    Newer(u32),
    /// It cannot be gone on from by as many processes as there are.
    #[error(transparent)]
    Sharing(#[from] SharingError),
    /// Its configuration or its counters are impossible, or do not fit the data.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
struct State<M: Model> {
    format: u32,
    config: TrainingConfig<M>,
    step: u64,
    images_seen: u64,
    generator_adam_steps: u64,
    discriminator_adam_steps: u64,
    since_report: Sums,
}

impl<M: Model> State<M> {
    fn read(file: &WeightFile<'_>) -> Result<Self, CheckpointError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let json = file.metadata(KEY).ok_or(CheckpointError::NoState)?;
        let Format { format } = serde_json::from_str(json)?;
        if format > FORMAT {
            return Err(CheckpointError::Newer(format));
        }
        let state: Self = serde_json::from_str(json)?;
        state.check()?;
        Ok(state)
    }

    /// Refuses counters that no run arrives at, and that would overflow later.
    fn check(&self) -> Result<(), ConfigError> {
        const LIMIT: u64 = 1 << 53;
        for (field, count) in [("step", self.step), ("images_seen", self.images_seen)] {
            if count > LIMIT {
                return Err(ConfigError::new(field, count, "no run comes to more than 2^53"));
            }
        }
        // A run that was reconfigured may have taken fewer or more.
        let d_steps = self.step.saturating_mul(MAX_D_STEPS);
        for (field, steps, most) in [
            ("generator_adam_steps", self.generator_adam_steps, self.step),
            ("discriminator_adam_steps", self.discriminator_adam_steps, d_steps),
        ] {
            if steps > most {
                let rule = format!("the run has taken {} steps", self.step);
                return Err(ConfigError::new(field, steps, rule));
            }
        }
        if !self.since_report.are_possible(self.step) {
            let rule = format!("a run of {} steps has no such sums of losses", self.step);
            return Err(ConfigError::new("since_report", self.since_report, rule));
        }
        Ok(())
    }
}

impl Trainer {
    /// Where a checkpoint keeps its description; a safetensors file without it is none.
    pub const CHECKPOINT_KEY: &'static str = KEY;

    /// Configuration and step of the checkpoint that `bytes` hold, without its networks.
    ///
    /// # Errors
    /// If they are no checkpoint of a known format.
    pub fn describe_checkpoint(bytes: &[u8]) -> Result<(TrainingConfig, u64), CheckpointError> {
        let state = State::<BuiltIn>::read(&WeightFile::parse(bytes)?)?;
        Ok((state.config, state.step))
    }

    /// The discriminator of the checkpoint that `bytes` hold, and its configuration.
    ///
    /// # Errors
    /// If they are no whole checkpoint of a known format.
    pub fn discriminator_of_checkpoint(
        bytes: &[u8],
        device: &Device,
    ) -> Result<(DiscriminatorConfig, Discriminator), CheckpointError> {
        let file = WeightFile::parse(bytes)?;
        let config = State::<BuiltIn>::read(&file)?.config.discriminator;
        let (found, needed) = (file.parameter_count(), config.parameter_count()?);
        if found < needed {
            return Err(WeightsError::Count { found, needed }.into());
        }
        let blank = config.init(Rng::new(0), device)?;
        let discriminator = load_weights(blank, &file, DISCRIMINATOR)?;
        Ok((config, discriminator))
    }

    /// The run that `bytes` hold, on `device` (without autodiff), of the library's networks and losses.
    ///
    /// # Errors
    /// If they are no whole checkpoint of a known format, or `data` has images of another size.
    pub fn from_checkpoint(
        bytes: &[u8],
        data: ImageSet,
        device: &Device,
    ) -> Result<Self, CheckpointError> {
        Self::from_checkpoint_as(bytes, data, device)
    }

    /// The run that `bytes` hold, whatever it trains:
    /// `Trainer::from_checkpoint_as::<(OwnGenerator, OwnDiscriminator, OwnLoss)>(…)`, by the types that
    /// describe them.
    ///
    /// # Errors
    /// If they are no whole checkpoint of a known format and of an `M`, or `data` has images of another
    /// size.
    pub fn from_checkpoint_as<M: Model>(
        bytes: &[u8],
        data: ImageSet,
        device: &Device,
    ) -> Result<Trainer<M>, CheckpointError> {
        Trainer::restore(bytes, data, device)
    }
}

impl<M: Model> Trainer<M> {
    /// The run as the bytes of a file, which [`Trainer::from_checkpoint`] reads.
    ///
    /// # Errors
    /// If a loss or a weight is not finite: such a state must not replace an earlier, good one.
    pub fn checkpoint(&mut self) -> Result<Vec<u8>, NonFinite> {
        self.report()?;
        let gan = &self.gan;
        let mut tensors = named_weights(&gan.generator, GENERATOR);
        tensors.extend(named_weights(&gan.discriminator, DISCRIMINATOR));
        if let Some(ema) = &self.ema {
            tensors.extend(named_weights(ema.average(), GENERATOR_EMA));
        }
        tensors.extend(
            gan.generator_adam.named_moments(&learned_weights(&gan.generator, ""), GENERATOR_ADAM),
        );
        tensors.extend(
            gan.discriminator_adam
                .named_moments(&learned_weights(&gan.discriminator, ""), DISCRIMINATOR_ADAM),
        );
        // The first bad one, by name.
        for (name, data) in &tensors {
            if let Some(value) = data.iter::<f32>().find(|value| !value.is_finite()) {
                let (step, name) = (self.step, name.clone());
                return Err(NonFinite { step, name, value: value.into() });
            }
        }
        let state = State {
            format: FORMAT,
            config: self.config.clone(),
            step: self.step,
            images_seen: self.images_seen,
            generator_adam_steps: gan.generator_adam.steps(),
            discriminator_adam_steps: gan.discriminator_adam.steps(),
            since_report: self.tally.sums(),
        };
        let json = serde_json::to_string(&state).expect("plain data is always JSON");
        Ok(write_weight_file(&tensors, KEY, json))
    }

    /// Goes back to the state that `bytes` hold, a checkpoint of this run, and on with `config`.
    ///
    /// # Errors
    /// If they are no whole checkpoint of a known format, or its networks are not those of `config`.
    pub(crate) fn roll_back(
        &mut self,
        bytes: &[u8],
        config: TrainingConfig<M>,
    ) -> Result<(), CheckpointError> {
        let mut restored = Self::restore(bytes, self.data().clone(), self.device())?;
        restored.reconfigure(config)?;
        let ranks = self.ranks().clone();
        *self = restored.among(ranks)?;
        Ok(())
    }

    fn restore(bytes: &[u8], data: ImageSet, device: &Device) -> Result<Self, CheckpointError> {
        let file = WeightFile::parse(bytes)?;
        let state = State::<M>::read(&file)?;
        let config = state.config;
        config.check_for(&data)?;
        // Counted before anything is built, so that a lying description allocates nothing.
        let counts = [config.generator.parameter_count()?, config.discriminator.parameter_count()?];
        let needed = counts.into_iter().flatten().fold(0, usize::saturating_add);
        let found = file.parameter_count();
        if found < needed {
            return Err(WeightsError::Count { found, needed }.into());
        }

        let (on, rng) = (device.clone().autodiff(), Rng::new(config.seed));
        let generator = load_weights(config.generator.init(rng, &on), &file, GENERATOR)?;
        let discriminator =
            load_weights(config.discriminator.init(rng, &on), &file, DISCRIMINATOR)?;
        let average = |_| -> Result<_, CheckpointError> {
            let blank = config.generator.init(rng, device);
            Ok(Ema::from_average(load_weights(blank, &file, GENERATOR_EMA)?))
        };
        let ema = config.stabilisers.generator_ema.map(average).transpose()?;
        let progress = config.progress(state.step);
        let generator_adam = Adam::restore(
            config.generator_adam.at(progress),
            state.generator_adam_steps,
            &learned_weights(&generator, ""),
            &file,
            GENERATOR_ADAM,
            device,
        )?;
        let discriminator_adam = Adam::restore(
            config.discriminator_adam.at(progress),
            state.discriminator_adam_steps,
            &learned_weights(&discriminator, ""),
            &file,
            DISCRIMINATOR_ADAM,
            device,
        )?;
        let (loss, penalties) = (config.loss.clone(), Penalties::default());
        let ranks: Arc<dyn Collective> = Arc::new(Single);
        let gan = Gan {
            generator,
            discriminator,
            generator_adam,
            discriminator_adam,
            loss,
            penalties,
            ranks,
        };
        let (step, images_seen) = (state.step, state.images_seen);
        let since_report = state.since_report;
        let state = TrainerState { config, gan, ema, step, images_seen };
        Ok(Self::at(state, since_report, data, device))
    }
}
