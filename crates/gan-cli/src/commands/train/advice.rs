//! What the loss and its penalties say about numbers that are not finite.

use gan_model::{DiscriminatorConfig, MlpDiscriminatorConfig};
use gan_training::{Loss, TrainingConfig};

pub(super) const UNBOUNDED: &str = "the Wasserstein loss needs a Lipschitz discriminator: add \
     --gradient-penalty interpolates, --weight-clip 0.01, or --spectral-norm";

/// Whether something bounds the discriminator's input gradient.
pub(super) fn is_lipschitz(config: &TrainingConfig) -> bool {
    let has_spectral_norm = matches!(
        &config.discriminator,
        DiscriminatorConfig::Mlp(MlpDiscriminatorConfig { spectral_norm: true, .. })
    );
    let penalties = &config.penalties;
    penalties.need_input_gradient() || penalties.weight_clip.is_some() || has_spectral_norm
}

pub(super) fn advice(config: &TrainingConfig) -> &'static str {
    match config.loss {
        Loss::Textbook => {
            "this loss takes the logarithm of a probability that has rounded to 0; \
             --loss non-saturating is the same loss computed from logits, and stays finite"
        }
        Loss::Wasserstein if !is_lipschitz(config) => UNBOUNDED,
        _ => {
            "a number grew beyond what f32 holds, mostly because steps were too large; \
             try a lower --learning-rate, or another --seed"
        }
    }
}
