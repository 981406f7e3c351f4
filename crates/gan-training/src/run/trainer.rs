//! A trainer: networks, data and randomness together, at some step.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_kernels::{join, with_pool_awake};
use gan_model::{ConfigError, Discriminator, Generate, Generator, Snapshot, SnapshotInfo, one_hot};
use gan_random::{Rng, Stream};

use crate::penalty::normal_noise;
use crate::tally::{Sums, Tally};
use crate::{
    Adam, Batch, Batches, Ema, Gan, Limits, Losses, NonFinite, Penalties, TrainingConfig, View,
};

/// Latents that a run's pictures are drawn from, of seeds from 0 on: a 4 × 4 grid of images.
const SAMPLED_IMAGES: usize = 16;
/// The same for points, which one picture holds all of.
const SAMPLED_POINTS: usize = 2_000;

/// A run in memory, between two steps.
pub struct Trainer {
    pub(crate) config: TrainingConfig,
    pub(crate) gan: Gan<Generator, Discriminator>,
    /// The generator's average, if the configuration has one.
    pub(crate) ema: Option<Ema<Generator>>,
    pub(crate) step: u64,
    pub(crate) tally: Tally,
    data: ImageSet,
    batches: Batches,
    rng: Rng,
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
        let rng = Rng::new(config.seed);
        let with_autodiff = device.clone().autodiff();
        let gan = Gan {
            generator: config.generator.init(rng, &with_autodiff)?,
            discriminator: config.discriminator.init(rng, &with_autodiff)?,
            generator_adam: Adam::new(config.generator_adam.at(0)),
            discriminator_adam: Adam::new(config.discriminator_adam.at(0)),
            loss: config.loss,
            penalties: Penalties::none(),
        };
        let ema = config.stabilisers.generator_ema.map(|_| Ema::new(&gan.generator));
        Self::at_step(config, gan, ema, 0, Sums::default(), data, device)
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
        check_labels(config.generator.classes(), data)?;
        if data.is_points() && !config.generator.is_unbounded() {
            let rule = format!(
                "{} holds points of any range, not images in [0, 1]: take the preset points, or \
                 --output linear",
                data.name()
            );
            return Err(ConfigError::new("generator.output", config.generator.output(), rule));
        }
        Batches::check(data.len(), config.batch_size)
    }

    pub(crate) fn at_step(
        config: TrainingConfig,
        gan: Gan<Generator, Discriminator>,
        ema: Option<Ema<Generator>>,
        step: u64,
        since_report: Sums,
        data: ImageSet,
        device: &Device,
    ) -> Result<Self, ConfigError> {
        Self::check(&config, &data)?;
        let rng = Rng::new(config.seed);
        let batches = Batches::new(rng, data.len(), config.batch_size)?;
        let (tally, device) = (Tally::new(since_report), device.clone());
        let mut trainer = Self { config, gan, ema, step, tally, data, batches, rng, device };
        trainer.restrain();
        Ok(trainer)
    }

    /// Takes one step, on data and random numbers that follow from its number.
    pub fn advance(&mut self) {
        self.follow_schedules();
        let report = with_pool_awake(|| {
            let d_steps = self.config.stabilisers.d_steps_per_g_step;
            let first = self.step * d_steps;
            let last = first + d_steps - 1;
            for update in first..last {
                let batch = self.d_batch(update);
                self.gan.update_discriminator(batch);
            }
            let d_batch = self.d_batch(last);
            let g_batch = self.g_batch(d_batch.reals.clone(), d_batch.labels.clone());
            self.gan.step(d_batch, g_batch)
        });
        self.tally.push(report);
        self.step += 1;
        self.follow_with_average();
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

    /// What it trains on.
    pub fn data(&self) -> &ImageSet {
        &self.data
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
        self.rng = Rng::new(config.seed);
        self.batches = Batches::new(self.rng, self.data.len(), config.batch_size)?;
        self.ema = config
            .stabilisers
            .generator_ema
            .map(|_| self.ema.take().unwrap_or_else(|| Ema::new(&self.gan.generator)));
        self.config = config;
        self.restrain();
        Ok(())
    }

    /// Real images shown so far, repetitions counted.
    pub fn images_seen(&self) -> u64 {
        self.step.saturating_mul(self.config.images_per_step())
    }

    /// The generator to draw from, without autodiff: the average, if there is one.
    pub fn generator(&self) -> Generator {
        match &self.ema {
            Some(ema) => ema.average().clone(),
            None => self.gan.generator.valid(),
        }
    }

    /// How many images [`Trainer::samples`] gives, of the seeds from 0 on: 16, or 2,000 points.
    pub fn sampled(&self) -> usize {
        if self.data.is_points() { SAMPLED_POINTS } else { SAMPLED_IMAGES }
    }

    /// Images of the latents that stay the same through the run:
    /// `[sampled, channels, height, width]`.
    pub fn samples(&self) -> Tensor<4> {
        let seeds: Vec<u64> = (0..self.sampled() as u64).collect();
        let latents = self.config.generator.latent_space().for_seeds(&seeds, &self.device);
        let labels = self.config.generator.labels_for_seeds(&seeds, &self.device);
        self.generator().generate(latents, labels)
    }

    /// Real images to look at beside them, as many; fewer if the data has.
    pub fn reals(&self) -> Tensor<4> {
        let count = self.data.len().min(self.sampled());
        let order = self.rng.permutation(Stream::Samples, 0, self.data.len());
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
        Snapshot::new(info, &self.generator())
    }

    /// What update number `update` of the discriminator is given.
    fn d_batch(&mut self, update: u64) -> Batch {
        let indices = self.batches.indices(update).to_vec();
        let (reals, latents) = join(
            || self.data.batch(&indices, &self.device),
            || self.latents(Stream::DiscriminatorLatents, update),
        );
        let shape = reals.dims();
        let penalty = self.config.penalties.gradient_penalty;
        let points = penalty.map(|penalty| penalty.draw(self.rng, update, shape, &self.device));
        Batch {
            labels: self.labels(&indices),
            latents,
            real_view: self.view(Stream::RealAugment, Stream::RealNoise, update, shape),
            fake_view: self.view(Stream::FakeAugment, Stream::FakeNoise, update, shape),
            points,
            reals,
        }
    }

    /// What the generator's update is given in this step.
    fn g_batch(&self, reals: Tensor<4>, labels: Option<Tensor<2>>) -> Batch {
        let view = |views, noise| self.view(views, noise, self.step, reals.dims());
        Batch {
            labels,
            latents: self.latents(Stream::GeneratorLatents, self.step),
            real_view: view(Stream::GeneratorRealAugment, Stream::GeneratorRealNoise),
            fake_view: view(Stream::GeneratorFakeAugment, Stream::GeneratorFakeNoise),
            points: None,
            reals,
        }
    }

    /// Classes of the images at `indices`, `[indices.len(), classes]`, if the networks ask for them.
    fn labels(&self, indices: &[u32]) -> Option<Tensor<2>> {
        let (classes, labels) = (self.config.generator.classes()?, self.data.labels()?);
        let labels: Vec<usize> = indices.iter().map(|&i| labels[i as usize].into()).collect();
        Some(one_hot(&labels, classes, &self.device))
    }

    fn latents(&self, stream: Stream, index: u64) -> Tensor<2> {
        let space = self.config.generator.latent_space();
        space.batch(self.rng, stream, index, self.config.batch_size, &self.device)
    }

    fn view(&self, views: Stream, noise: Stream, index: u64, shape: [usize; 4]) -> View {
        let stabilisers = &self.config.stabilisers;
        let deviation = stabilisers.instance_noise.at(self.images_seen());
        let view = match stabilisers.augmentation {
            augmentation if augmentation.is_none() => View::default(),
            augmentation => {
                let changes = augmentation.draw(self.rng, views, index, shape);
                View::new(&changes, shape, &self.device)
            }
        };
        match deviation > 0.0 {
            true => {
                let noise = normal_noise(self.rng, noise, index, shape, &self.device);
                view.with_noise(noise * deviation)
            }
            false => view,
        }
    }

    /// Gives the step the numbers that hold through the run.
    fn restrain(&mut self) {
        let (penalties, stabilisers) = (self.config.penalties, self.config.stabilisers);
        self.gan.loss = self.config.loss;
        self.gan.penalties = match penalties.need_input_gradient() {
            true => Penalties::new(0.0, 0.0, penalties.gradient_penalty),
            false => Penalties::none(),
        };
        self.gan.penalties.real_target = penalties.real_target;
        let gradient_norm = stabilisers.gradient_norm_limit;
        self.gan.generator_adam.limits = Limits { gradient_norm, weight: None };
        self.gan.discriminator_adam.limits =
            Limits { gradient_norm, weight: penalties.weight_limit };
    }

    /// Gives the step the numbers that hold in this one.
    fn follow_schedules(&mut self) {
        let images_seen = self.images_seen();
        self.gan.generator_adam.config = self.config.generator_adam.at(images_seen);
        self.gan.discriminator_adam.config = self.config.discriminator_adam.at(images_seen);
        self.gan.penalties.r1_gamma = self.config.penalties.r1_gamma.at(images_seen);
        self.gan.penalties.r2_gamma = self.config.penalties.r2_gamma.at(images_seen);
    }

    fn follow_with_average(&mut self) {
        let (images, images_seen) = (self.config.images_per_step(), self.images_seen());
        if let (Some(ema), Some(config)) = (&mut self.ema, self.config.stabilisers.generator_ema) {
            ema.update(&self.gan.generator, config.decay(images, images_seen));
        }
    }
}

/// Conditional networks need a class for every image.
fn check_labels(classes: Option<usize>, data: &ImageSet) -> Result<(), ConfigError> {
    let Some(classes) = classes else { return Ok(()) };
    let rule = match data.labels() {
        None => format!("{} has no labels to learn classes from", data.name()),
        Some(labels) => {
            let most = labels.iter().copied().max().unwrap_or(0);
            if usize::from(most) < classes {
                return Ok(());
            }
            format!("{} has labels up to {most}", data.name())
        }
    };
    Err(ConfigError::new("generator.classes", classes, rule))
}
