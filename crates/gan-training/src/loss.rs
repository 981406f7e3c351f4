//! Losses: what the two networks minimise, as functions of the discriminator's logits.

use std::fmt::Debug;

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};
use gan_kernels::log_sigmoid;
use gan_model::ConfigError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What the two networks minimise. Implement it for a loss of your own, which checkpoints then carry as
/// JSON; [`Loss`] has those of the papers.
pub trait AdversarialLoss:
    Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static
{
    /// The discriminator's loss, `[1]`, from logits of real and of generated images,
    /// `[batch, 1]` each.
    fn discriminator(&self, real_logits: Tensor<2>, fake_logits: Tensor<2>) -> Tensor<1>;

    /// The generator's loss, `[1]`, from logits of generated images, `[batch, 1]`.
    ///
    /// `real_logits` makes logits of as many real images, for losses that compare the two; calling it
    /// costs a forward pass.
    fn generator(
        &self,
        fake_logits: Tensor<2>,
        real_logits: impl FnOnce() -> Tensor<2>,
    ) -> Tensor<1>;

    /// Whether σ of a logit is the probability that an image is real. Other losses leave the logits on a
    /// scale of their own.
    fn has_probabilities(&self) -> bool {
        false
    }

    /// Whether it sees logits only as differences between a real and a generated image.
    fn compares_pairs(&self) -> bool {
        false
    }

    /// Whether it has a target for real images that label smoothing can move.
    fn has_real_target(&self) -> bool {
        false
    }

    /// Refuses what cannot be computed.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    fn check(&self) -> Result<(), ConfigError> {
        Ok(())
    }
}

/// The losses of the papers. D(x) = σ(logit); C(x) is the logit itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
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
    /// Goodfellow et al. 2014, equation 1, the minimax game itself. The generator's gradient
    /// vanishes where the discriminator is sure.
    ///
    /// - discriminator: −mean log D(x) − mean log(1 − D(G(z)))
    /// - generator: mean log(1 − D(G(z)))
    Saturating,
    /// LSGAN, Mao et al. 2017, equation 9.
    ///
    /// - discriminator: ½ mean (C(x) − 1)² + ½ mean C(G(z))²
    /// - generator: ½ mean (C(G(z)) − 1)²
    LeastSquares,
    /// WGAN, Arjovsky et al. 2017, equations 2 and 3. It wants a discriminator (there a critic) of
    /// bounded slope: by weight clipping, as in the paper, or by a gradient penalty.
    ///
    /// - discriminator: mean C(G(z)) − mean C(x)
    /// - generator: −mean C(G(z))
    Wasserstein,
    /// Lim and Ye 2017; Miyato et al. 2018, equations 16 and 17.
    ///
    /// - discriminator: mean max(0, 1 − C(x)) + mean max(0, 1 + C(G(z)))
    /// - generator: −mean C(G(z))
    Hinge,
    /// RpGAN: Jolicoeur-Martineau 2018, equations 7 and 8; Huang et al. 2024 (R3GAN), equation 2.
    /// Each real image is compared with a generated one, so no constant logit is a way out.
    ///
    /// - discriminator: mean softplus(−(C(x) − C(G(z))))
    /// - generator: mean softplus(−(C(G(z)) − C(x)))
    RelativisticPairing,
}

impl AdversarialLoss for Loss {
    fn discriminator(&self, real_logits: Tensor<2>, fake_logits: Tensor<2>) -> Tensor<1> {
        match self {
            // 1 − σ(x) = σ(−x)
            Self::NonSaturating | Self::Saturating => {
                -(log_sigmoid(real_logits).mean() + log_sigmoid(-fake_logits).mean())
            }
            Self::Textbook => {
                let (real, fake) = (sigmoid(real_logits), sigmoid(fake_logits));
                -(real.log() + (-fake + 1.0).log()).mean()
            }
            Self::LeastSquares => {
                ((real_logits - 1.0).square().mean() + fake_logits.square().mean()) * 0.5
            }
            Self::Wasserstein => fake_logits.mean() - real_logits.mean(),
            Self::Hinge => relu(-real_logits + 1.0).mean() + relu(fake_logits + 1.0).mean(),
            // softplus(−x) = −log σ(x)
            Self::RelativisticPairing => -log_sigmoid(real_logits - fake_logits).mean(),
        }
    }

    fn generator(
        &self,
        fake_logits: Tensor<2>,
        real_logits: impl FnOnce() -> Tensor<2>,
    ) -> Tensor<1> {
        match self {
            Self::NonSaturating => -log_sigmoid(fake_logits).mean(),
            Self::Textbook => -sigmoid(fake_logits).log().mean(),
            Self::Saturating => log_sigmoid(-fake_logits).mean(),
            Self::LeastSquares => (fake_logits - 1.0).square().mean() * 0.5,
            Self::Wasserstein | Self::Hinge => -fake_logits.mean(),
            Self::RelativisticPairing => -log_sigmoid(fake_logits - real_logits()).mean(),
        }
    }

    fn has_probabilities(&self) -> bool {
        match self {
            Self::NonSaturating | Self::Textbook | Self::Saturating => true,
            Self::LeastSquares | Self::Wasserstein | Self::Hinge | Self::RelativisticPairing => {
                false
            }
        }
    }

    fn compares_pairs(&self) -> bool {
        *self == Self::RelativisticPairing
    }

    fn has_real_target(&self) -> bool {
        match self {
            Self::NonSaturating | Self::Textbook | Self::Saturating | Self::LeastSquares => true,
            Self::Wasserstein | Self::Hinge | Self::RelativisticPairing => false,
        }
    }
}
