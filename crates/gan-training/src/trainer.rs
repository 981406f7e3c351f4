//! A trainer: networks, data and chance together, at some step.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_model::{
    Chance, ConfigError, Discriminator, Generate, Generator, Snapshot, SnapshotInfo, Stream,
};

use crate::tally::{Sums, Tally};
use crate::{Adam, Batches, Gan, Losses, NonFinite, TrainingConfig};

/// Seeds of the latents that a run's pictures are drawn from: a 4 × 4 grid.
const SAMPLE_SEEDS: std::ops::Range<u64> = 0..16;

/// A run in memory, between two steps.
pub struct Trainer {
    pub(crate) config: TrainingConfig,
    pub(crate) gan: Gan<Generator, Discriminator>,
    pub(crate) step: u64,
    pub(crate) tally: Tally,
    data: ImageSet,
    batches: Batches,
    chance: Chance,
    device: Device,
}

impl Trainer {
    /// A run before its first step, on `device` (without autodiff).
    ///
    /// # Errors
    /// If the configuration is impossible or does not fit the data.
    pub fn new(
        config: TrainingConfig,
        data: ImageSet,
        device: &Device,
    ) -> Result<Self, ConfigError> {
        Self::check(&config, &data)?;
        let chance = Chance::new(config.seed);
        let with_autodiff = device.clone().autodiff();
        let gan = Gan {
            generator: config.generator.init(chance, &with_autodiff)?,
            discriminator: config.discriminator.init(chance, &with_autodiff)?,
            generator_adam: Adam::new(config.generator_adam),
            discriminator_adam: Adam::new(config.discriminator_adam),
            loss: config.loss,
        };
        Self::at_step(config, gan, 0, Sums::default(), data, device)
    }

    /// Refuses what cannot be trained on `data`, without building anything.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    pub fn check(config: &TrainingConfig, data: &ImageSet) -> Result<(), ConfigError> {
        config.check()?;
        let made = config.generator.image_shape();
        if made != data.shape() {
            let rule = format!("the images of {} have shape {:?}", data.name(), data.shape());
            return Err(ConfigError::new("generator.image_shape", made, rule));
        }
        Batches::check(data.len(), config.batch_size)
    }

    pub(crate) fn at_step(
        config: TrainingConfig,
        gan: Gan<Generator, Discriminator>,
        step: u64,
        since_report: Sums,
        data: ImageSet,
        device: &Device,
    ) -> Result<Self, ConfigError> {
        Self::check(&config, &data)?;
        let chance = Chance::new(config.seed);
        let batches = Batches::new(chance, data.len(), config.batch_size)?;
        let (tally, device) = (Tally::new(since_report), device.clone());
        Ok(Self { config, gan, step, tally, data, batches, chance, device })
    }

    /// Takes one step, on data and latents that follow from its number.
    pub fn advance(&mut self) {
        let reals = self.data.batch(self.batches.indices(self.step), &self.device);
        let d_latents = self.latents(Stream::DiscriminatorLatents);
        let g_latents = self.latents(Stream::GeneratorLatents);
        self.step += 1;
        self.tally.push(self.gan.step(reals, d_latents, g_latents));
    }

    /// The losses since the last report. Waits for the device.
    ///
    /// # Errors
    /// If a loss was not finite so far: names the first such step.
    pub fn losses(&mut self) -> Result<Losses, NonFinite> {
        self.tally.read(self.step)
    }

    /// Steps whose losses have not been read yet.
    pub fn unread_steps(&self) -> usize {
        self.tally.unread()
    }

    /// Begins a new report: the means of [`Trainer::losses`] start anew.
    pub fn begin_report(&mut self) {
        self.tally.reset();
    }

    /// Steps taken so far.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Every number of the run.
    pub fn config(&self) -> &TrainingConfig {
        &self.config
    }

    /// The networks and their optimizers.
    pub fn gan(&self) -> &Gan<Generator, Discriminator> {
        &self.gan
    }

    /// Goes on with other numbers than the run was started with.
    ///
    /// # Errors
    /// If they are impossible, or the networks differ.
    pub fn reconfigure(&mut self, config: TrainingConfig) -> Result<(), ConfigError> {
        Self::check(&config, &self.data)?;
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
        self.chance = Chance::new(config.seed);
        self.batches = Batches::new(self.chance, self.data.len(), config.batch_size)?;
        self.gan.loss = config.loss;
        self.gan.generator_adam.config = config.generator_adam;
        self.gan.discriminator_adam.config = config.discriminator_adam;
        self.config = config;
        Ok(())
    }

    /// Real images shown so far, repetitions counted.
    pub fn images_seen(&self) -> u64 {
        self.step.saturating_mul(self.config.batch_size as u64)
    }

    /// Images of the latents that stay the same through the run: `[16, channels, height, width]`.
    pub fn samples(&self) -> Tensor<4> {
        let seeds: Vec<u64> = SAMPLE_SEEDS.collect();
        let latents = self.config.generator.latent_space().for_seeds(&seeds, &self.device);
        self.gan.generator.valid().generate(latents, None)
    }

    /// Real images to look at beside them: `[16, channels, height, width]`, fewer if the data has.
    pub fn reals(&self) -> Tensor<4> {
        let count = self.data.len().min(SAMPLE_SEEDS.count());
        let order = self.chance.permutation(Stream::Samples, 0, self.data.len());
        self.data.batch(&order[..count], &self.device)
    }

    /// The generator as a file to sample from; `version` is the writing program's.
    pub fn snapshot(&self, version: &str) -> Snapshot {
        let TrainingConfig { preset, generator, seed, .. } = &self.config;
        let info = SnapshotInfo {
            step: self.step,
            images_seen: self.images_seen(),
            ..SnapshotInfo::new(version, generator.clone(), preset, self.data.name(), *seed)
        };
        Snapshot::new(info, &self.gan.generator)
    }

    fn latents(&self, stream: Stream) -> Tensor<2> {
        let space = self.config.generator.latent_space();
        space.batch(self.chance, stream, self.step, self.config.batch_size, &self.device)
    }
}
