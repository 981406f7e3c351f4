//! What one step was like, read off the device.

use serde::{Deserialize, Serialize};

use crate::loss::AdversarialLoss;

/// What one step was like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepValues {
    /// The step, counted from 1.
    pub step: u64,
    /// The discriminator's loss before its (last) update, without gradient penalties.
    pub d_loss: f64,
    /// The generator's loss before its update.
    pub g_loss: f64,
    /// Mean logit of the real images.
    pub real_logit: f64,
    /// Mean logit of the generated images.
    pub fake_logit: f64,
    /// D(x): mean probability of "real", σ(logit), for the real images.
    pub real_probability: f64,
    /// D(G(z)): mean probability of "real" for the generated images.
    pub fake_probability: f64,
    /// Fraction of the real images whose logit is above 0.
    pub real_accuracy: f64,
    /// Fraction of the generated images whose logit is below 0.
    pub fake_accuracy: f64,
    /// Fraction of the pairs of a real and a generated image whose real one has the higher logit.
    pub pair_accuracy: f64,
    /// Norm of all gradients of the discriminator together, before clipping.
    pub d_grad_norm: f64,
    /// Norm of all gradients of the generator together, before clipping.
    pub g_grad_norm: f64,
}

impl StepValues {
    /// What can be read of the discriminator's logits, which depends on the loss: probabilities where
    /// it is trained to give such, the logits C themselves where it is not, and how many pairs are
    /// ranked right where only differences count.
    pub fn readings(&self, loss: &impl AdversarialLoss) -> Vec<(&'static str, f64)> {
        if loss.has_probabilities() {
            vec![("D(x)", self.real_probability), ("D(G(z))", self.fake_probability)]
        } else if loss.compares_pairs() {
            vec![("pairs ranked right", self.pair_accuracy)]
        } else {
            vec![("C(x)", self.real_logit), ("C(G(z))", self.fake_logit)]
        }
    }
}
