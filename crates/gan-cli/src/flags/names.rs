//! Values of flags that have names.

use clap::ValueEnum;
use gan_training::Loss;
use serde::de::DeserializeOwned;

/// A [`Loss`] on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LossName {
    /// The first paper's losses, computed from logits: never NaN for a finite logit
    NonSaturating,
    /// The same as tutorials write them, on probabilities: infinite once one rounds to 0 or 1
    Textbook,
    /// The minimax game itself: the generator learns little while the discriminator is sure
    Saturating,
    /// Squared distances to the targets 0 and 1 (LSGAN)
    LeastSquares,
    /// The difference of mean logits (WGAN): give it a --weight-limit or a --gradient-penalty
    Wasserstein,
    /// Logits beyond ±1 cost the discriminator nothing
    Hinge,
    /// Each real image is compared with a generated one (RpGAN): best with R1 and R2
    RelativisticPairing,
}

/// A [`gan_training::GradientPenalty`] on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PenaltyName {
    /// No such penalty
    None,
    /// Between real and generated images (WGAN-GP)
    Interpolates,
    /// Around real images (DRAGAN)
    Dragan,
}

/// A value, or the word `none`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrNone<T>(pub Option<T>);

/// The value that files call `text`.
pub fn by_name<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

impl<T: std::str::FromStr> std::str::FromStr for OrNone<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        match text {
            "none" => Ok(Self(None)),
            _ => text.parse().map(|value| Self(Some(value))),
        }
    }
}

impl From<LossName> for Loss {
    fn from(name: LossName) -> Self {
        match name {
            LossName::NonSaturating => Self::NonSaturating,
            LossName::Textbook => Self::Textbook,
            LossName::Saturating => Self::Saturating,
            LossName::LeastSquares => Self::LeastSquares,
            LossName::Wasserstein => Self::Wasserstein,
            LossName::Hinge => Self::Hinge,
            LossName::RelativisticPairing => Self::RelativisticPairing,
        }
    }
}

/// Puts the flag's value into the field, if there is one.
pub fn put<T>(field: &mut T, flag: Option<T>) {
    if let Some(value) = flag {
        *field = value;
    }
}
