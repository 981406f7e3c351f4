//! Training of the classifier whose features metrics use: deterministic, from labelled images.
//!
//! Cross-entropy, Adam, a learning rate that rises for the first tenth of the steps and then falls
//! to zero, and images shifted by up to two pixels. Initial weights, order and shifts follow from
//! the seed, so the same seed gives the same bits on the `flex` backend at any number of threads.

use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

use super::MnistCnn;
use super::description::Description;
use super::network::Network;
use crate::extractors::error::ExtractorError;

const BATCH: usize = 64;
const TEST_BATCH: usize = 500;
const LEARNING_RATE: f64 = 2e-3;
/// Images move by up to this many pixels in both directions.
const SHIFT: usize = 2;

/// Images with their classes.
#[derive(Clone, Copy)]
pub struct LabelledImages<'a> {
    /// Shape of one image: `[channels, height, width]`.
    pub image_shape: [usize; 3],
    /// Gives the images at some indices: `[indices, channels, height, width]` in `[0, 1]`.
    pub images: &'a dyn Fn(&[u32]) -> Tensor<4>,
    /// The class of every image.
    pub labels: &'a [u32],
}

/// What training follows from, beside the images.
#[derive(Clone, Debug)]
pub struct ExtractorTraining {
    /// What metrics will be named after.
    pub name: String,
    /// Times that it sees every training image.
    pub epochs: usize,
    /// What initial weights, order and shifts of the images follow from.
    pub seed: u64,
}

/// Where training stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainingProgress {
    /// Steps taken, of 64 images each.
    pub step: usize,
    /// Steps of the whole training.
    pub steps: usize,
}

/// A classifier of the images at `train`, measured on those at `test`; `progress` is told after
/// every step.
///
/// # Errors
/// If there are no epochs, too few images, too many classes, an image without a label, or images of
/// a size that the network does not take; or if training failed, so that weights are not finite.
pub fn train_extractor(
    training: &ExtractorTraining,
    data: LabelledImages<'_>,
    [train, test]: [&[u32]; 2],
    device: &Device,
    progress: &mut dyn FnMut(TrainingProgress),
) -> Result<MnistCnn, ExtractorError> {
    let mut description = Description {
        name: training.name.clone(),
        image_shape: data.image_shape,
        classes: data.labels.iter().max().map_or(0, |&last| last as usize + 1),
        test_accuracy: 0.0,
        train_images: train.len(),
        test_images: test.len(),
        epochs: training.epochs,
        seed: training.seed,
    };
    description.check().map_err(ExtractorError::Training)?;
    if train.len() < BATCH || test.is_empty() || training.epochs == 0 {
        return Err(ExtractorError::Training(format!(
            "training needs at least an epoch, {BATCH} training images and a test image; there are \
             {}, {} and {}",
            training.epochs,
            train.len(),
            test.len()
        )));
    }
    if let Some(index) = train.iter().chain(test).find(|&&i| i as usize >= data.labels.len()) {
        return Err(ExtractorError::Training(format!(
            "image {index} has no label: there are {}",
            data.labels.len()
        )));
    }

    let mut network = initial(&description, &device.clone().autodiff())?;
    let mut adam = AdamConfig::new().with_beta_1(0.9).with_beta_2(0.999).with_epsilon(1e-8).init();
    let batches = train.len() / BATCH;
    let steps = training.epochs * batches;
    let mut order = train.to_vec();
    for step in 0..steps {
        if step % batches == 0 {
            shuffle(&mut order, &mut draws(training.seed, Stream::Order, step));
        }
        let chosen = &order[step % batches * BATCH..][..BATCH];
        let images =
            shifted((data.images)(chosen), &mut draws(training.seed, Stream::Shifts, step));
        let images = Tensor::from_inner(Tensor::from_data(images, device));
        let (_, logits) = network.forward(images);
        let targets = one_hot(data.labels, chosen, description.classes);
        let targets = Tensor::from_inner(Tensor::from_data(targets, device));
        // Cross-entropy: −log softmax at the label.
        let loss = -(log_softmax(logits, 1) * targets).sum() / BATCH as f64;
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = adam.step(learning_rate(step, steps), network, gradients);
        progress(TrainingProgress { step: step + 1, steps });
    }
    let network = network.valid();
    description.test_accuracy = accuracy(&network, data, test);
    MnistCnn::new(&network, &description)
}

/// He et al. 2015: uniform weights of variance 2 / inputs, biases of zero.
fn initial(description: &Description, device: &Device) -> Result<Network, ExtractorError> {
    let mut layer = 0;
    Network::build(description, device, |_, shape| {
        let count = shape.iter().product();
        layer += 1;
        let fan_in = match shape {
            [_] => return Ok(vec![0.0; count]),
            [inputs, _] => *inputs,
            [_, inputs @ ..] => inputs.iter().product(),
            [] => 1,
        };
        let bound = (6.0 / fan_in as f32).sqrt();
        let mut rng = draws(description.seed, Stream::Weights, layer);
        Ok((0..count).map(|_| (unit(&mut rng) * 2.0 - 1.0) * bound).collect())
    })
}

/// Share of the images at `indices` whose greatest logit is that of their label.
fn accuracy(network: &Network, data: LabelledImages<'_>, indices: &[u32]) -> f64 {
    let mut right = 0;
    for chosen in indices.chunks(TEST_BATCH) {
        let (_, logits) = network.forward((data.images)(chosen));
        let [_, classes] = logits.dims();
        let logits = floats(logits);
        for (logits, &index) in logits.chunks(classes).zip(chosen) {
            let label = data.labels[index as usize] as usize;
            right += usize::from(logits.iter().all(|&logit| logit <= logits[label]));
        }
    }
    right as f64 / indices.len() as f64
}

/// Rises for a tenth of the steps, then falls to zero, both in straight lines.
fn learning_rate(step: usize, steps: usize) -> f64 {
    let done = (step + 1) as f64 / steps as f64;
    LEARNING_RATE * (done / 0.1).min((1.0 - done) / 0.9)
}

/// Each image moved by its own draw, what comes in from outside being 0.
fn shifted(images: Tensor<4>, rng: &mut ChaCha8Rng) -> TensorData {
    let [batch, channels, height, width] = images.dims();
    let values = floats(images);
    let mut moved = vec![0.0; values.len()];
    for image in 0..batch {
        let mut draw = || below(2 * SHIFT as u32 + 1, rng) as usize;
        let (down, right) = (draw(), draw());
        for plane in image * channels..(image + 1) * channels {
            for y in 0..height {
                // The row that ends up here, SHIFT being no move.
                let Some(from) = (y + SHIFT).checked_sub(down).filter(|&from| from < height) else {
                    continue;
                };
                for x in 0..width {
                    if let Some(left) = (x + SHIFT).checked_sub(right).filter(|&left| left < width)
                    {
                        moved[(plane * height + y) * width + x] =
                            values[(plane * height + from) * width + left];
                    }
                }
            }
        }
    }
    TensorData::new(moved, [batch, channels, height, width])
}

fn one_hot(labels: &[u32], chosen: &[u32], classes: usize) -> TensorData {
    let mut targets = vec![0.0f32; chosen.len() * classes];
    for (row, &index) in targets.chunks_mut(classes).zip(chosen) {
        row[labels[index as usize] as usize] = 1.0;
    }
    TensorData::new(targets, [chosen.len(), classes])
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("images and logits are f32")
}

/// What a random number is used for.
#[derive(Clone, Copy)]
enum Stream {
    Weights = 1,
    Order = 2,
    Shifts = 3,
}

/// The generator of one (seed, stream, index): ChaCha with eight rounds, a function of its key.
fn draws(seed: u64, stream: Stream, index: usize) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(stream as u64).to_le_bytes());
    key[16..24].copy_from_slice(&(index as u64).to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// A multiple of 2⁻²⁴ in `[0, 1)`.
fn unit(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// An integer in `0..bound`; its bias of bound / 2³² is far below any effect.
fn below(bound: u32, rng: &mut ChaCha8Rng) -> u32 {
    ((u64::from(rng.next_u32()) * u64::from(bound)) >> 32) as u32
}

/// Fisher–Yates.
fn shuffle(order: &mut [u32], rng: &mut ChaCha8Rng) {
    for i in (1..order.len()).rev() {
        order.swap(i, below(i as u32 + 1, rng) as usize);
    }
}
