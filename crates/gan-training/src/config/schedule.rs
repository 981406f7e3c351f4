//! Schedules: values that change while a run goes on.

use gan_model::ConfigError;
use serde::{Deserialize, Serialize};

/// A value as a function of the run's progress, from 0 before the first step to 1 at its end.
///
/// In files a constant is a number, and a cosine `{ from = 1.0, to = 0.1, until = 1.0 }`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number, or { from, to, until }")]
pub enum Schedule {
    /// Always the same.
    Constant(f64),
    /// Half a cosine from one value to another, and constant from then on.
    Cosine(Cosine),
}

/// Half a cosine: to + (from − to) · (1 + cos(π · progress / until)) / 2.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosine {
    /// Value at the beginning of the run.
    pub from: f64,
    /// Value from `until` on.
    pub to: f64,
    /// Fraction of the run in between, in (0, 1].
    pub until: f64,
}

impl Schedule {
    /// Half a cosine that ends with the run.
    pub fn cosine(from: f64, to: f64) -> Self {
        Self::Cosine(Cosine { from, to, until: 1.0 })
    }

    /// The value when the fraction `progress` of the run is over.
    pub fn at(self, progress: f64) -> f64 {
        match self {
            Self::Constant(value) => value,
            Self::Cosine(Cosine { to, until, .. }) if progress >= until => to,
            Self::Cosine(Cosine { from, to, until }) => {
                let phase = std::f64::consts::PI * (progress / until);
                to + (from - to) * 0.5 * (1.0 + phase.cos())
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
        if let Self::Cosine(Cosine { until, .. }) = self
            && !(until > 0.0 && until <= 1.0)
        {
            let rule = "it is a fraction of the run and must lie in (0, 1]";
            return Err(ConfigError::new(format!("{field}.until"), until, rule));
        }
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

    /// A number, `FROM:TO`, or `FROM:TO:UNTIL`.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Option<Vec<f64>> = text.split(':').map(|part| part.parse().ok()).collect();
        match parts.as_deref() {
            Some([value]) => Ok(Self::Constant(*value)),
            Some([from, to]) => Ok(Self::cosine(*from, *to)),
            Some([from, to, until]) if *until > 0.0 && *until <= 1.0 => {
                Ok(Self::Cosine(Cosine { from: *from, to: *to, until: *until }))
            }
            Some([_, _, until]) => Err(format!(
                "{until} is no fraction of the run: the third number says where the value arrives, \
                 above 0 and at most 1"
            )),
            _ => Err("write a number; FROM:TO, a cosine along the run, such as 1:0.1; or \
                      FROM:TO:UNTIL with the fraction of the run at which it arrives, such as \
                      1:0.1:0.5"
                .to_owned()),
        }
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
