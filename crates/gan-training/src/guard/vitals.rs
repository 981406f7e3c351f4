//! What the watches look at, measured in the running trainer.

use burn::tensor::Tensor;

use crate::run::{SampleStats, StepValues, Vitals};

/// Images that [`SampleStats`] compares with each other, at most.
const COMPARED: usize = 128;

/// Adds up the values of steps to the next [`Vitals`].
#[derive(Debug, Default)]
pub(super) struct Sums {
    count: u64,
    sums: StepValues,
}

impl Sums {
    pub(super) fn add(&mut self, values: &[StepValues]) {
        for value in values {
            self.count += 1;
            self.sums = combine(&self.sums, value, |sum, value| sum + value);
        }
    }

    /// The means, after which the sums begin anew; none without steps.
    pub(super) fn take(&mut self, step: u64) -> Option<Vitals> {
        let Self { count, sums } = std::mem::take(self);
        let means = combine(&sums, &StepValues::default(), |sum, _| sum / count as f64);
        (count > 0).then_some(Vitals { step, steps: count, means: StepValues { step, ..means } })
    }
}

fn combine(a: &StepValues, b: &StepValues, f: impl Fn(f64, f64) -> f64) -> StepValues {
    StepValues {
        step: 0,
        d_loss: f(a.d_loss, b.d_loss),
        g_loss: f(a.g_loss, b.g_loss),
        real_logit: f(a.real_logit, b.real_logit),
        fake_logit: f(a.fake_logit, b.fake_logit),
        real_probability: f(a.real_probability, b.real_probability),
        fake_probability: f(a.fake_probability, b.fake_probability),
        real_accuracy: f(a.real_accuracy, b.real_accuracy),
        fake_accuracy: f(a.fake_accuracy, b.fake_accuracy),
        pair_accuracy: f(a.pair_accuracy, b.pair_accuracy),
        d_grad_norm: f(a.d_grad_norm, b.d_grad_norm),
        g_grad_norm: f(a.g_grad_norm, b.g_grad_norm),
    }
}

/// Images as rows of numbers, at most [`COMPARED`] of them.
#[derive(Debug)]
pub(super) struct Rows(Vec<Vec<f32>>);

impl Rows {
    /// Reads `images`, `[batch, channels, height, width]`, off the device.
    pub(super) fn read(images: Tensor<4>) -> Self {
        let [batch, channels, height, width] = images.dims();
        let count = batch.min(COMPARED);
        let data = images.narrow(0, 0, count).into_data();
        let values: Vec<f32> = data.iter::<f32>().collect();
        Self(values.chunks(channels * height * width).map(<[f32]>::to_vec).collect())
    }

    /// Mean distance between two of them; for each, how much it would be without it.
    fn distances(&self) -> (f64, Vec<f64>) {
        let count = self.0.len();
        let mut of_each = vec![0.0; count];
        for i in 0..count {
            for j in 0..i {
                let distance = distance(&self.0[i], &self.0[j]);
                of_each[i] += distance;
                of_each[j] += distance;
            }
        }
        let sum = of_each.iter().sum::<f64>() / 2.0;
        let pairs = |count: usize| (count * count.saturating_sub(1) / 2).max(1) as f64;
        let without = of_each.iter().map(|own| (sum - own) / pairs(count - 1)).collect();
        (sum / pairs(count), without)
    }

    /// Compares the images with each other, with those of `last` time, and with real ones.
    pub(super) fn stats(&self, step: u64, reals: &Self, last: Option<&Self>) -> SampleStats {
        let (real, _) = reals.distances();
        let (spread, without) = self.distances();
        let count = without.len() as f64;
        let mean = without.iter().sum::<f64>() / count;
        let squares: f64 = without.iter().map(|value| (value - mean).powi(2)).sum();
        let std = ((count - 1.0) / count * squares).sqrt();
        let moved = last.map(|last| {
            let moves = self.0.iter().zip(&last.0).map(|(now, then)| distance(now, then));
            moves.sum::<f64>() / count / real
        });
        let spread_high = (spread + 1.96 * std) / real;
        SampleStats { step, spread: spread / real, spread_high, moved }
    }
}

fn distance(a: &[f32], b: &[f32]) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2));
    squares.sum::<f64>().sqrt()
}
