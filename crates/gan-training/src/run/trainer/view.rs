//! What can be seen of a run: samples, snapshots, and the view that observers have.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gan_data::{DataError, ImageSet};
use gan_model::{SampleRequest, Sampler, Snapshot, SnapshotInfo};
use gan_random::Stream;

use super::Trainer;
use crate::config::{GeneratorOf, Model, TrainingConfig};
use crate::run::observer::RunView;

/// Latents that a run's pictures are drawn from, of seeds from 0 on: a 4 × 4 grid of images.
const SAMPLED_IMAGES: usize = 16;
/// The same for points, which one picture holds all of.
const SAMPLED_POINTS: usize = 2_000;

impl<M: Model> Trainer<M> {
    /// The generator to draw from, without autodiff: the average, if there is one.
    pub fn generator(&self) -> GeneratorOf<M> {
        match &self.ema {
            Some(ema) => ema.average().clone(),
            None => self.gan.generator.valid(),
        }
    }

    /// The generator to draw from, by seed.
    pub fn sampler(&self) -> Sampler<GeneratorOf<M>> {
        Sampler::new(self.generator(), &self.config.generator, &self.device)
    }

    /// How many images [`Trainer::samples`] gives, of the seeds from 0 on: 16, or 2,000 points.
    pub fn sample_count(&self) -> usize {
        if self.data.is_points() { SAMPLED_POINTS } else { SAMPLED_IMAGES }
    }

    /// Images of the latents that stay the same through the run:
    /// `[sample_count, channels, height, width]`.
    pub fn samples(&self) -> Tensor<4> {
        let request = SampleRequest::seeds(0..self.sample_count() as u64);
        self.sampler().images(&request).expect("there are seeds, and no classes are asked for")
    }

    /// Real images to look at beside them, as many; fewer if the data has.
    ///
    /// # Errors
    /// If they cannot be read any more.
    pub fn reals(&self) -> Result<Tensor<4>, DataError> {
        let count = self.data.len().min(self.sample_count());
        let order = self.rng.permutation(Stream::Samples, 0, self.data.len());
        self.data.batch(&order[..count], &self.device)
    }

    /// The generator as a file to sample from; `version` is the writing program's.
    pub fn snapshot(&self, version: &str) -> Snapshot<M::Generator> {
        let TrainingConfig { preset, generator, seed, .. } = &self.config;
        let info = SnapshotInfo {
            configuration_sha256: Some(self.config.sha256()),
            step: self.step,
            images_seen: self.images_seen,
            ..SnapshotInfo::new(version, generator.clone(), preset, self.data.name(), *seed)
                .with_class_names(self.data.class_names())
        };
        Snapshot::new(info, &self.generator())
    }
}

impl<M: Model> RunView<M> for Trainer<M> {
    fn step(&self) -> u64 {
        self.step
    }

    fn config(&self) -> &TrainingConfig<M> {
        &self.config
    }

    fn data(&self) -> &ImageSet {
        &self.data
    }

    fn device(&self) -> &Device {
        &self.device
    }

    fn images_seen(&self) -> u64 {
        self.images_seen
    }

    fn sample_count(&self) -> usize {
        Trainer::sample_count(self)
    }

    fn samples(&self) -> Tensor<4> {
        Trainer::samples(self)
    }

    fn reals(&self) -> Result<Tensor<4>, DataError> {
        Trainer::reals(self)
    }

    fn sampler(&self) -> Sampler<GeneratorOf<M>> {
        Trainer::sampler(self)
    }

    fn snapshot(&self, version: &str) -> Snapshot<M::Generator> {
        Trainer::snapshot(self, version)
    }
}
