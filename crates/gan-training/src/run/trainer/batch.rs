//! What each update is given: data and random numbers that follow from its number.

use burn::tensor::Tensor;
use gan_data::DataError;
use gan_kernels::join;
use gan_model::{GeneratorSpec, one_hot};
use gan_random::Stream;

use super::Trainer;
use crate::augment::Augment;
use crate::config::Model;
use crate::penalty::normal_noise;
use crate::step::Batch;

impl<M: Model> Trainer<M> {
    /// What the discriminator's last update of step `step`, counted from 1, is given: real images and
    /// latents follow from the number of the step.
    ///
    /// # Errors
    /// If images cannot be read any more.
    pub fn batch_of_step(&mut self, step: u64) -> Result<Batch, DataError> {
        self.d_batch(step * self.config.stabilisers.d_steps_per_g_step - 1)
    }

    /// What update number `update` of the discriminator is given.
    pub(super) fn d_batch(&mut self, update: u64) -> Result<Batch, DataError> {
        let indices = self.batches.indices(update)[self.rows.clone()].to_vec();
        let mirrored = self.mirrored(update);
        let (reals, latents) = join(
            || self.data.batch_mirrored(&indices, &mirrored, &self.device),
            || self.latents(Stream::DiscriminatorLatents, update),
        );
        let reals = reals?;
        let image = self.data.shape();
        let penalty = self.config.penalties.gradient_penalty;
        Ok(Batch {
            labels: self.labels(&indices),
            latents,
            real_augment: self.augment(Stream::RealAugment, Stream::RealNoise, update),
            fake_augment: self.augment(Stream::FakeAugment, Stream::FakeNoise, update),
            penalty_noise: penalty.map(|penalty| {
                penalty.draw_part(self.rng, update, self.rows.clone(), image, &self.device)
            }),
            reals,
        })
    }

    /// Which real images are mirrored in this update: none, or each with probability ½.
    fn mirrored(&self, update: u64) -> Vec<bool> {
        if !self.config.stabilisers.mirror {
            return Vec::new();
        }
        let values = self.rng.uniform(Stream::Mirror, update, self.config.batch_size, 0.0, 1.0);
        values[self.rows.clone()].iter().map(|&value| value < 0.5).collect()
    }

    /// What the generator's update is given in this step.
    pub(super) fn g_batch(&self, reals: Tensor<4>, labels: Option<Tensor<2>>) -> Batch {
        let augment = |stream, noise| self.augment(stream, noise, self.step);
        Batch {
            labels,
            latents: self.latents(Stream::GeneratorLatents, self.step),
            real_augment: augment(Stream::GeneratorRealAugment, Stream::GeneratorRealNoise),
            fake_augment: augment(Stream::GeneratorFakeAugment, Stream::GeneratorFakeNoise),
            penalty_noise: None,
            reals,
        }
    }

    /// Classes of the images at `indices`, `[indices.len(), classes]`, if the networks ask for them.
    fn labels(&self, indices: &[u32]) -> Option<Tensor<2>> {
        let (classes, labels) = (self.config.generator.classes()?, self.data.labels()?);
        let labels: Vec<usize> = indices.iter().map(|&i| labels[i as usize] as usize).collect();
        Some(one_hot(&labels, classes, &self.device))
    }

    fn latents(&self, stream: Stream, index: u64) -> Tensor<2> {
        let space = self.config.generator.latent_space();
        space.part(self.rng, stream, index, self.rows.clone(), &self.device)
    }

    fn augment(&self, stream: Stream, noise: Stream, index: u64) -> Augment {
        let (rows, image) = (self.rows.clone(), self.data.shape());
        let [channels, height, width] = image;
        let stabilisers = &self.config.stabilisers;
        let std = stabilisers.instance_noise.at(self.config.progress(self.step));
        let augment = match stabilisers.augmentation {
            augmentation if augmentation.is_none() => Augment::default(),
            augmentation => {
                let sides = [height, width];
                let params = augmentation.draw_part(self.rng, stream, index, rows.clone(), sides);
                Augment::new(&params, [rows.len(), channels, height, width], &self.device)
            }
        };
        match std > 0.0 {
            true => {
                let noise = normal_noise(self.rng, noise, index, rows, image, &self.device);
                augment.with_noise(noise * std)
            }
            false => augment,
        }
    }
}
