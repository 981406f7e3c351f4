//! Schedules: numbers that change while a run goes on.

use gan_model::ConfigError;
use serde::{Deserialize, Serialize};

/// A number as a function of the images seen so far.
///
/// In files a constant is a number, and a cosine `{ from = 1.0, to = 0.1, images = 2000000 }`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number, or { from, to, images }")]
pub enum Schedule {
    /// Always the same.
    Constant(f64),
    /// Half a cosine from one value to another, and constant from then on.
    Cosine(Cosine),
}

/// Half a cosine: to + (from − to) · (1 + cos(π · seen / images)) / 2.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosine {
    /// Value before the first image.
    pub from: f64,
    /// Value after the last.
    pub to: f64,
    /// Real images in between.
    pub images: u64,
}

impl Schedule {
    /// The number once `images_seen` real images were shown.
    pub fn at(self, images_seen: u64) -> f64 {
        match self {
            Self::Constant(value) => value,
            Self::Cosine(Cosine { to, images, .. }) if images_seen >= images => to,
            Self::Cosine(Cosine { from, to, images }) => {
                let share = images_seen as f64 / images as f64;
                to + (from - to) * 0.5 * (1.0 + (std::f64::consts::PI * share).cos())
            }
        }
    }

    /// The same, `factor` times as long.
    pub fn stretched(self, factor: f64) -> Self {
        match self {
            Self::Constant(_) => self,
            Self::Cosine(cosine) => {
                let images = (cosine.images as f64 * factor).round() as u64;
                Self::Cosine(Cosine { images, ..cosine })
            }
        }
    }

    /// Whether it is 0 from the beginning to the end.
    pub fn is_zero(self) -> bool {
        self.ends().iter().all(|&value| value == 0.0)
    }

    /// Refuses values outside of `allowed`, which `rule` puts in words.
    pub(crate) fn check(
        self,
        field: &str,
        allowed: impl Fn(f64) -> bool,
        rule: &str,
    ) -> Result<(), ConfigError> {
        match self.ends().into_iter().find(|&value| !(value.is_finite() && allowed(value))) {
            Some(value) => Err(ConfigError::new(field, value, rule)),
            None => Ok(()),
        }
    }

    fn ends(self) -> [f64; 2] {
        match self {
            Self::Constant(value) => [value; 2],
            Self::Cosine(Cosine { from, to, .. }) => [from, to],
        }
    }
}

impl std::str::FromStr for Schedule {
    type Err = String;

    /// A number, or `FROM:TO:IMAGES`.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<f64>().ok();
        let parts: Vec<&str> = text.split(':').collect();
        let schedule = match parts.as_slice() {
            [value] => number(value).map(Self::Constant),
            [from, to, images] => number(from)
                .zip(number(to))
                .zip(images.parse().ok())
                .map(|((from, to), images)| Self::Cosine(Cosine { from, to, images })),
            _ => None,
        };
        schedule.ok_or_else(|| "write a number, or FROM:TO:IMAGES such as 1:0.1:2000000".to_owned())
    }
}

impl From<f64> for Schedule {
    fn from(value: f64) -> Self {
        Self::Constant(value)
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self::Constant(0.0)
    }
}
