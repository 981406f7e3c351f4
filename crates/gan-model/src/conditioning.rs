//! Class-class-conditional networks: how the class enters.
//!
//! Labels are one-hot, `[batch, classes]`. A generator joins the embedding of the class to the
//! latent; a discriminator is a projection discriminator (Miyato & Koyama 2018, "cGANs with
//! Projection Discriminator", equation 3):
//!
//! ```text
//! latents ─┬─ join ─ generator …          … features φ ─ logit = w·φ + b + e(class)·φ
//! e(class) ┘
//! ```
//!
//! Without labels, a class-conditional network takes the embedding for zero; labels given to an
//! unconditional one are ignored.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};

use crate::initial::InitialWeights;

/// A vector for each class: a linear layer, without bias, of the one-hot label.
#[derive(Module, Debug)]
pub struct ClassEmbedding {
    /// `[classes, width]`.
    pub weight: Param<Tensor<2>>,
}

impl ClassEmbedding {
    /// Vectors from N(0, `std`²) for the classes of a class-conditional network.
    pub(crate) fn init(
        classes: Option<usize>,
        width: usize,
        std: f64,
        initial: &mut InitialWeights<'_>,
    ) -> Option<Self> {
        let weights = |classes| initial.normal([classes, width], 0.0, std);
        classes.map(weights).map(|weight| Self { weight })
    }

    /// One-hot labels `[batch, classes]` to vectors `[batch, width]`.
    pub fn forward(&self, labels: Tensor<2>) -> Tensor<2> {
        labels.matmul(self.weight.val())
    }
}

/// Labels as networks take them: `[labels.len(), classes]`, 1 at the class and 0 elsewhere.
///
/// # Panics
/// If a label is no class.
pub fn one_hot(labels: &[usize], classes: usize, device: &Device) -> Tensor<2> {
    let mut values = vec![0f32; labels.len() * classes];
    for (row, &label) in values.chunks_exact_mut(classes).zip(labels) {
        row[label] = 1.0;
    }
    Tensor::from_data(TensorData::new(values, [labels.len(), classes]), device)
}

/// What the generator sees: `[batch, latent_dim]`, or, with classes, the latent and then the
/// embedding of the class, as wide as the latent: `[batch, 2 · latent_dim]`.
pub(crate) fn join(
    latents: Tensor<2>,
    embedding: Option<&ClassEmbedding>,
    labels: Option<Tensor<2>>,
) -> Tensor<2> {
    let Some(embedding) = embedding else { return latents };
    let classes = match labels {
        Some(labels) => embedding.forward(labels),
        None => latents.zeros_like(),
    };
    Tensor::cat(vec![latents, classes], 1)
}

/// Width of what [`join`] makes.
pub(crate) fn joined_width(latent_dim: usize, classes: Option<usize>) -> usize {
    latent_dim.saturating_mul(if classes.is_some() { 2 } else { 1 })
}

/// The last layer of a discriminator: its `logits` without the class, `[batch, 1]`, which were made
/// of `features`, `[batch, width]`, with the class; `vectors` are those of the classes,
/// `[classes, width]`.
pub(crate) fn project(
    logits: Tensor<2>,
    features: Tensor<2>,
    vectors: Option<&Tensor<2>>,
    labels: Option<Tensor<2>>,
) -> Tensor<2> {
    match (vectors, labels) {
        (Some(vectors), Some(labels)) => {
            logits + (labels.matmul(vectors.clone()) * features).sum_dim(1)
        }
        _ => logits,
    }
}

/// The gradient of the sum of [`project`]'s logits in the features, `[batch, width]`: w + e(class),
/// where w, `[width, 1]`, is the last layer's weight.
pub(crate) fn project_input_gradient(
    batch: usize,
    weight: Tensor<2>,
    vectors: Option<&Tensor<2>>,
    labels: Option<Tensor<2>>,
) -> Tensor<2> {
    let weight = weight.transpose();
    match (vectors, labels) {
        (Some(vectors), Some(labels)) => labels.matmul(vectors.clone()) + weight,
        _ => {
            let [_, width] = weight.dims();
            weight.expand([batch, width])
        }
    }
}
