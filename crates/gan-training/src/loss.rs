//! Losses: what the two networks minimise, as functions of the discriminator's logits.

use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;
use gan_kernels::log_sigmoid;
use serde::{Deserialize, Serialize};

/// The game that the two networks play. D(x) = σ(logit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Goodfellow et al. 2014, with the generator's loss of its section 3, computed from logits:
    /// finite for every finite logit.
    ///
    /// - discriminator: −mean log D(x) − mean log(1 − D(G(z)))
    /// - generator: −mean log D(G(z))
    NonSaturating,
    /// The same formulas on probabilities, as tutorials write them. As soon as D(G(z)) rounds to 1
    /// or D(x) to 0, this is the logarithm of zero: the infinite loss, and the NaN one step later,
    /// that beginners meet. Here to be studied.
    Textbook,
}

impl Loss {
    /// The discriminator's loss, `[1]`, from logits of real and of generated images,
    /// `[batch, 1]` each.
    pub fn discriminator(self, real_logits: Tensor<2>, fake_logits: Tensor<2>) -> Tensor<1> {
        match self {
            // 1 − σ(x) = σ(−x)
            Self::NonSaturating => {
                -(log_sigmoid(real_logits).mean() + log_sigmoid(-fake_logits).mean())
            }
            Self::Textbook => {
                let (real, fake) = (sigmoid(real_logits), sigmoid(fake_logits));
                -(real.log() + (-fake + 1.0).log()).mean()
            }
        }
    }

    /// The generator's loss, `[1]`, from logits of generated images, `[batch, 1]`.
    pub fn generator(self, fake_logits: Tensor<2>) -> Tensor<1> {
        match self {
            Self::NonSaturating => -log_sigmoid(fake_logits).mean(),
            Self::Textbook => -sigmoid(fake_logits).log().mean(),
        }
    }
}
