//! A trainer: networks, data and randomness together, at some step.

mod batch;
mod schedules;
mod view;

use std::ops::Range;
use std::sync::Arc;

use burn::module::Module;
use burn::tensor::Device;
use gan_collective::{Collective, Single};
use gan_data::{DataError, ImageSet};
use gan_kernels::with_pool_awake;
use gan_model::{ConfigError, DiscriminatorSpec, Generate, GeneratorSpec};
use gan_random::Rng;

use super::event::{NonFinite, Report};
use super::sharing::{self, SharingError};
use super::tally::{Sums, Tally};
use super::values::StepValues;
use crate::adam::Adam;
use crate::batches::Batches;
use crate::config::{BuiltIn, DiscriminatorOf, GeneratorOf, Model, TrainingConfig, ValidConfig};
use crate::ema::Ema;
use crate::penalty::{Penalties, PenaltyError};
use crate::step::{Gan, Learners};

/// A run in memory, between two steps; of the library's own networks and losses, or of yours.
pub struct Trainer<M: Model = BuiltIn> {
    pub(crate) config: TrainingConfig<M>,
    pub(crate) gan: Gan<GeneratorOf<M>, DiscriminatorOf<M>, M::Loss>,
    /// The generator's average, if the configuration has one.
    pub(crate) ema: Option<Ema<GeneratorOf<M>>>,
    pub(crate) step: u64,
    /// Real images shown so far, repetitions counted.
    pub(crate) images_seen: u64,
    pub(crate) tally: Tally,
    /// How far the run is, from 0 to 1, where an observer says so.
    clock: Option<f64>,
    data: ImageSet,
    batches: Batches,
    rng: Rng,
    device: Device,
    /// This rank's part of every batch.
    rows: Range<usize>,
}

/// Why a step could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Real images cannot be read any more.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A penalty asks for what the discriminator does not offer.
    #[error(transparent)]
    Penalty(#[from] PenaltyError),
}

/// What a checkpoint brings back.
pub(crate) struct TrainerState<M: Model> {
    pub config: TrainingConfig<M>,
    pub gan: Gan<GeneratorOf<M>, DiscriminatorOf<M>, M::Loss>,
    pub ema: Option<Ema<GeneratorOf<M>>>,
    pub step: u64,
    pub images_seen: u64,
}

impl<M: Model> Trainer<M> {
    /// A run before its first step, on `device` (without autodiff).
    pub fn new(config: ValidConfig<M>, device: &Device) -> Self {
        let (config, data) = config.into_parts();
        let rng = Rng::new(config.seed);
        let with_autodiff = device.clone().autodiff();
        let gan = Gan {
            generator: config.generator.init(rng, &with_autodiff),
            discriminator: config.discriminator.init(rng, &with_autodiff),
            generator_adam: Adam::new(config.generator_adam.at(0.0)),
            discriminator_adam: Adam::new(config.discriminator_adam.at(0.0)),
            loss: config.loss.clone(),
            penalties: Penalties::default(),
            ranks: Arc::new(Single),
        };
        let ema = config.stabilisers.generator_ema.map(|_| Ema::new(&gan.generator));
        let state = TrainerState { config, gan, ema, step: 0, images_seen: 0 };
        Self::at(state, Sums::default(), data, device)
    }

    /// A run in `state`, whose configuration is valid for `data`.
    pub(crate) fn at(
        state: TrainerState<M>,
        since_report: Sums,
        data: ImageSet,
        device: &Device,
    ) -> Self {
        let TrainerState { config, gan, ema, step, images_seen } = state;
        let rng = Rng::new(config.seed);
        let batches = Batches::new(rng, data.len(), config.batch_size)
            .expect("a valid configuration has batches that the data fills");
        let (tally, device) = (Tally::new(since_report), device.clone());
        let rows = 0..config.batch_size;
        let mut trainer = Self {
            config,
            gan,
            ema,
            step,
            images_seen,
            tally,
            clock: None,
            data,
            batches,
            rng,
            device,
            rows,
        };
        trainer.apply_config();
        trainer
    }

    /// The same run, trained by all `ranks` together: each takes its part of every batch, all have the same
    /// weights. What is read of a step is that of the whole batch, and checkpoints are those of one process,
    /// so a run can be resumed on another number of ranks.
    ///
    /// Every rank calls this, with a trainer of the same configuration and data at the same step.
    ///
    /// # Errors
    /// The same on all ranks, if they differ or cannot share a batch.
    pub fn among(mut self, ranks: Arc<dyn Collective>) -> Result<Self, SharingError> {
        let standing = [self.step, self.images_seen];
        sharing::check(&*ranks, &self.config, &self.data, standing)?;
        self.rows = sharing::part(&*ranks, &self.config)?;
        if ranks.ranks() > 1 {
            self.config.generator.check_shareable(&self.device)?;
            self.config.discriminator.check_shareable()?;
            self.gan.generator.share_statistics(&ranks);
        }
        self.gan.ranks = ranks;
        Ok(self)
    }

    /// Who trains this run: this process alone, if nobody else was named.
    pub fn ranks(&self) -> &Arc<dyn Collective> {
        &self.gan.ranks
    }

    /// Takes one step, on data and random numbers that follow from its number.
    ///
    /// # Errors
    /// If images cannot be read any more, as where the file of a packed set is gone, or a penalty asks
    /// for an input gradient that the discriminator does not offer; a valid configuration of the
    /// library's networks never does.
    pub fn advance(&mut self) -> Result<(), StepError> {
        self.advance_with(Learners::Both)
    }

    /// Takes one step in which only `learners` learn. It counts as any other and is given what any other
    /// would be; the EMA follows the generator where that learns.
    ///
    /// # Errors
    /// As [`Trainer::advance`].
    pub fn advance_with(&mut self, learners: Learners) -> Result<(), StepError> {
        self.record_progress();
        self.apply_schedules();
        let report = with_pool_awake(|| {
            let d_steps = self.config.stabilisers.d_steps_per_g_step;
            let first = self.step * d_steps;
            let last = first + d_steps - 1;
            // A discriminator that stands still sees its last batch only.
            let before_last =
                if learners == Learners::Generator { last..last } else { first..last };
            for update in before_last {
                let batch = self.d_batch(update)?;
                self.gan.update_discriminator(batch)?;
            }
            let d_batch = self.d_batch(last)?;
            let g_batch = self.g_batch(d_batch.reals.clone(), d_batch.labels.clone());
            let report = self.gan.step_of(learners, d_batch, g_batch)?;
            // Burn's batch norm keeps new statistics aside, for the thread that made them, until it is
            // asked; the next step may be another thread's.
            let _ = (self.gan.generator.valid(), self.gan.discriminator.valid());
            Ok::<_, StepError>(report)
        })?;
        self.tally.push(report);
        self.step += 1;
        if learners != Learners::Generator {
            self.images_seen = self.images_seen.saturating_add(self.config.images_per_step());
        }
        if learners != Learners::Discriminator {
            self.update_ema();
        }
        Ok(())
    }

    /// The values of the steps that have not been read yet, in order. Waits for the device.
    ///
    /// They end before the first step whose loss is not finite, see [`Trainer::check_finite`].
    pub fn read_steps(&mut self) -> Vec<StepValues> {
        self.tally.read(self.step)
    }

    /// Steps whose values have not been read yet.
    pub fn unread_steps(&self) -> usize {
        self.tally.unread()
    }

    /// Whether all losses that were read are finite.
    ///
    /// # Errors
    /// Names the first step with one that is not.
    pub fn check_finite(&self) -> Result<(), NonFinite> {
        self.tally.failed().map_or(Ok(()), |failed| Err(failed.clone()))
    }

    /// Means of the losses since the last report. Waits for the device.
    ///
    /// # Errors
    /// If a loss was not finite so far: names the first such step.
    pub fn report(&mut self) -> Result<Report, NonFinite> {
        self.read_steps();
        self.check_finite()?;
        Ok(self.tally.report(self.step, self.images_seen))
    }

    /// Begins a new report: the means of [`Trainer::report`] start anew.
    pub fn begin_report(&mut self) {
        self.tally.reset();
    }

    /// Steps taken so far.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Every value of the run.
    pub fn config(&self) -> &TrainingConfig<M> {
        &self.config
    }

    /// What it trains on.
    pub fn data(&self) -> &ImageSet {
        &self.data
    }

    /// What it computes on, without autodiff.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The networks and their optimizers.
    pub fn gan(&self) -> &Gan<GeneratorOf<M>, DiscriminatorOf<M>, M::Loss> {
        &self.gan
    }

    /// Goes on with another configuration than the run was started with.
    ///
    /// # Errors
    /// If it is impossible, or its networks differ.
    pub fn reconfigure(&mut self, config: TrainingConfig<M>) -> Result<(), ConfigError> {
        config.check_for(&self.data)?;
        let differ = |field: &str| {
            let rule = "a run cannot go on with other networks";
            Err(ConfigError::new(field, "changed", rule))
        };
        if config.generator != self.config.generator {
            return differ("generator");
        }
        if config.discriminator != self.config.discriminator {
            return differ("discriminator");
        }
        self.rows = sharing::part(&*self.gan.ranks, &config)?;
        self.rng = Rng::new(config.seed);
        self.batches = Batches::new(self.rng, self.data.len(), config.batch_size)?;
        self.ema = config
            .stabilisers
            .generator_ema
            .map(|_| self.ema.take().unwrap_or_else(|| Ema::new(&self.gan.generator)));
        self.config = config;
        self.apply_config();
        Ok(())
    }

    /// Real images shown so far, repetitions counted.
    pub fn images_seen(&self) -> u64 {
        self.images_seen
    }

    fn update_ema(&mut self) {
        let images = self.config.images_per_step();
        if let (Some(ema), Some(config)) = (&mut self.ema, self.config.stabilisers.generator_ema) {
            ema.update(&self.gan.generator, config.decay(images, self.images_seen));
        }
    }
}
