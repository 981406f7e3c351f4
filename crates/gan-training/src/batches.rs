//! Which images a step trains on: a function of (seed, step).

use gan_model::ConfigError;
use gan_random::{Rng, Stream};

/// Shuffled batches: a fresh permutation every epoch, no image twice in one epoch. The images that
/// do not fill a last batch sit that epoch out.
#[derive(Clone, Debug)]
pub struct Batches {
    rng: Rng,
    count: usize,
    batch_size: usize,
    epoch: Option<u64>,
    order: Vec<u32>,
}

impl Batches {
    /// Batches of `batch_size` out of `count` images.
    ///
    /// # Errors
    /// If a batch is empty or does not fit the images.
    pub fn new(rng: Rng, count: usize, batch_size: usize) -> Result<Self, ConfigError> {
        Self::check(count, batch_size)?;
        Ok(Self { rng, count, batch_size, epoch: None, order: Vec::new() })
    }

    pub(crate) fn check(count: usize, batch_size: usize) -> Result<(), ConfigError> {
        if batch_size == 0 || batch_size > count {
            let rule = format!("it must lie between 1 and the number of images, {count}");
            return Err(ConfigError::new("batch_size", batch_size, rule));
        }
        Ok(())
    }

    /// Indices of the images of step `step`, which counts from 0.
    pub fn indices(&mut self, step: u64) -> &[u32] {
        let per_epoch = (self.count / self.batch_size) as u64;
        let (epoch, batch) = (step / per_epoch, (step % per_epoch) as usize);
        if self.epoch != Some(epoch) {
            self.order = self.rng.permutation(Stream::DataOrder, epoch, self.count);
            self.epoch = Some(epoch);
        }
        &self.order[batch * self.batch_size..][..self.batch_size]
    }
}
