//! What a synthetic set is made of.

use super::ImageSet;
use crate::DataError;

/// What a synthetic set is made of, and so what a generator should find in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Modes {
    /// Points of equally likely round Gaussians.
    Gaussians {
        /// Where they are; at least one.
        centres: Vec<[f32; 2]>,
        /// The standard deviation of each in each direction, above 0.
        std: f32,
    },
    /// Stacked MNIST: a digit in each of three channels makes 1,000 modes.
    StackedDigits,
    /// Images that all keep one rule, such as `dots 6-6` or `boxes`: an oracle knows whether an image does.
    Scene(String),
}

impl ImageSet {
    /// The same set, known to have these modes.
    ///
    /// # Errors
    /// If it cannot have them: Gaussians need points, digits images `[3, 28, 28]`, and scenes
    /// images `[1, 32, 32]`.
    pub fn with_modes(self, modes: Modes) -> Result<Self, DataError> {
        let problem = match &modes {
            Modes::Gaussians { .. } if !self.is_points() => Some("only points have centres"),
            Modes::Gaussians { centres, .. } if centres.is_empty() => Some("there is no centre"),
            Modes::Gaussians { centres, .. }
                if !centres.as_flattened().iter().all(|x| x.is_finite()) =>
            {
                Some("centres must be finite")
            }
            Modes::Gaussians { std, .. } if !(std.is_finite() && *std > 0.0) => {
                Some("the std must be finite and above 0")
            }
            Modes::StackedDigits if self.shape != [3, 28, 28] => {
                Some("digits are stacked in images of three channels of 28 × 28")
            }
            Modes::Scene(_) if self.shape != [1, 32, 32] => {
                Some("scenes are grey images of 32 × 32")
            }
            _ => None,
        };
        match problem {
            Some(problem) => Err(DataError::Mismatch(format!("{}: {problem}", self.name))),
            None => Ok(Self { modes: Some(modes), ..self }),
        }
    }

    /// The rule that all images keep, where there is one: `dots 6-6`, `boxes`.
    pub fn scene(&self) -> Option<&str> {
        match &self.modes {
            Some(Modes::Scene(rule)) => Some(rule),
            _ => None,
        }
    }

    /// What the set is made of, where it is known.
    pub fn modes(&self) -> Option<&Modes> {
        self.modes.as_ref()
    }
}
