//! The one source of randomness: every random number is a function of (seed, stream, index).
//!
//! ChaCha with eight rounds is a counter-based generator: its output is a pure function of a key
//! and a block counter. The key is made of seed, stream and index, so a run needs no random state
//! to be saved, two backends draw the same numbers, and step 40,000 can be drawn without the
//! 39,999 before it.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use chacha20::ChaCha8Rng;
use std::ops::Range;

use chacha20::rand_core::{Rng as _, SeedableRng};

/// What a random number is used for. Numbers of different streams are independent.
///
/// The discriminants are part of the file formats' promise: a seed keeps its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    /// Initial weights of the generator.
    GeneratorWeights = 1,
    /// Initial weights of the discriminator.
    DiscriminatorWeights = 2,
    /// Latents of the discriminator's half of a step; the index is the step.
    DiscriminatorLatents = 3,
    /// Latents of the generator's half of a step; the index is the step.
    GeneratorLatents = 4,
    /// The order of the training images; the index is the epoch.
    DataOrder = 5,
    /// Latents to look at: sample grids, `gan sample --seeds`.
    Samples = 6,
    /// Noise of a gradient penalty; the index counts the discriminator's updates.
    PenaltyNoise = 10,
    /// Augmentation of real images; the index counts the discriminator's updates.
    RealAugment = 11,
    /// Augmentation of generated images; the index counts the discriminator's updates.
    FakeAugment = 12,
    /// The same in the generator's half of a step; the index is the step.
    GeneratorRealAugment = 13,
    /// The same in the generator's half of a step; the index is the step.
    GeneratorFakeAugment = 14,
    /// Instance noise on real images; the index counts the discriminator's updates.
    RealNoise = 15,
    /// Instance noise on generated images; the index counts the discriminator's updates.
    FakeNoise = 16,
    /// The same in the generator's half of a step; the index is the step.
    GeneratorRealNoise = 17,
    /// The same in the generator's half of a step; the index is the step.
    GeneratorFakeNoise = 18,
    /// Which real images are mirrored; the index counts the discriminator's updates.
    Mirror = 19,
    /// Which images are evaluated.
    Evaluation = 32,
    /// Parts of sets of samples: the halves behind an interval, the subsets of a metric.
    Resampling = 34,
    /// Weights of the feature extractor that is never trained; the index is the layer.
    Extractor = 35,
    /// Synthetic data; the index says which part of it.
    Synthetic = 33,
}

/// All random numbers that follow from one seed.
///
/// ```
/// use gan_random::{Rng, Stream};
///
/// let rng = Rng::new(7);
/// let a = rng.uniform(Stream::Samples, 0, 3, -1.0, 1.0);
/// assert_eq!(a, rng.uniform(Stream::Samples, 0, 3, -1.0, 1.0));
/// assert_ne!(a, rng.uniform(Stream::Samples, 1, 3, -1.0, 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rng {
    seed: u64,
}

impl Rng {
    /// The numbers of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The ChaCha generator of one (seed, stream, index).
    pub fn at(&self, stream: Stream, index: u64) -> ChaCha8Rng {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&(stream as u64).to_le_bytes());
        key[16..24].copy_from_slice(&index.to_le_bytes());
        ChaCha8Rng::from_seed(key)
    }

    /// `count` numbers uniform in `[low, high)`, on a grid of 2²⁴ values.
    pub fn uniform(
        &self,
        stream: Stream,
        index: u64,
        count: usize,
        low: f32,
        high: f32,
    ) -> Vec<f32> {
        self.uniform_part(stream, index, 0..count, low, high)
    }

    /// Those of the numbers of [`Rng::uniform`] that lie in `part`, without drawing the ones before it.
    pub fn uniform_part(
        &self,
        stream: Stream,
        index: u64,
        part: Range<usize>,
        low: f32,
        high: f32,
    ) -> Vec<f32> {
        let mut rng = self.at_word(stream, index, part.start);
        part.map(|_| unit(&mut rng).mul_add(high - low, low)).collect()
    }

    /// `count` numbers from the normal distribution of mean 0 and standard deviation 1 (Box and
    /// Muller 1958), up to 5.8 standard deviations from the mean.
    pub fn normal(&self, stream: Stream, index: u64, count: usize) -> Vec<f32> {
        self.normal_part(stream, index, 0..count)
    }

    /// Those of the numbers of [`Rng::normal`] that lie in `part`, without drawing the ones before it.
    pub fn normal_part(&self, stream: Stream, index: u64, part: Range<usize>) -> Vec<f32> {
        let first_pair = part.start / 2;
        let mut rng = self.at_word(stream, index, 2 * first_pair);
        let mut pair = || {
            // In (0, 1], so that its logarithm is finite.
            let radius = (-2.0 * (1.0 - f64::from(unit(&mut rng))).ln()).sqrt();
            let angle = std::f64::consts::TAU * f64::from(unit(&mut rng));
            [(radius * angle.cos()) as f32, (radius * angle.sin()) as f32]
        };
        let pairs = first_pair..part.end.div_ceil(2);
        let mut values: Vec<f32> = pairs.flat_map(|_| pair()).collect();
        values.drain(..part.start - 2 * first_pair);
        values.truncate(part.len());
        values
    }

    /// [`Rng::at`], `words` numbers of 32 bits further on.
    fn at_word(&self, stream: Stream, index: u64, words: usize) -> ChaCha8Rng {
        let mut rng = self.at(stream, index);
        if words > 0 {
            rng.set_word_pos(words as u128);
        }
        rng
    }

    /// A permutation of `0..count`, every one of them equally likely (Fisher–Yates).
    ///
    /// Written out, because the shuffles of the random-number crates change between versions and
    /// a seed must not.
    ///
    /// # Panics
    /// If `count` exceeds `u32::MAX`.
    pub fn permutation(&self, stream: Stream, index: u64, count: usize) -> Vec<u32> {
        let mut rng = self.at(stream, index);
        let count = u32::try_from(count).expect("more than 2^32 items");
        let mut order: Vec<u32> = (0..count).collect();
        for i in (1..count).rev() {
            order.swap(i as usize, below(i + 1, &mut rng) as usize);
        }
        order
    }
}

/// A multiple of 2⁻²⁴ in `[0, 1)`: exact in f32, so every platform computes the same.
fn unit(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// An integer in `0..bound` without bias (Lemire, "Fast Random Integer Generation in an
/// Interval", 2019).
fn below(bound: u32, rng: &mut ChaCha8Rng) -> u32 {
    let unfair = bound.wrapping_neg() % bound;
    loop {
        let product = u64::from(rng.next_u32()) * u64::from(bound);
        if product as u32 >= unfair {
            return (product >> 32) as u32;
        }
    }
}
