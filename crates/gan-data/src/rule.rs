//! The one rule for what becomes of a picture.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What becomes of every picture: how large it is then, and what happens to its shape and alpha.
///
/// Colour is not part of it: a set is in colour if any of its pictures has colour, else grey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `[height, width]` that every picture is brought to; `null` leaves all as they are.
    pub resolution: Option<[usize; 2]>,
    /// What happens where height and width are not in that proportion.
    pub fit: Fit,
    /// What happens to transparency.
    pub alpha: Alpha,
}

/// How a picture of another shape is made to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// Cut what is too long, on both sides alike
    #[default]
    Crop,
    /// Fill what is too short with the background
    Pad,
    /// Stretch it
    Stretch,
}

/// What happens to transparency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alpha {
    /// Pictures are laid on this colour.
    Over(Colour),
    /// Images have four channels: red, green, blue and alpha.
    Keep,
}

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(pub [u8; 3]);

impl Default for Alpha {
    fn default() -> Self {
        Self::Over(Colour::WHITE)
    }
}

impl Alpha {
    /// The colour that pictures are laid on, and padded with.
    pub(crate) fn background(self) -> [u8; 3] {
        match self {
            Self::Over(Colour(colour)) => colour,
            Self::Keep => Colour::WHITE.0,
        }
    }
}

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
}

impl FromStr for Colour {
    type Err = String;

    /// `white`, `black`, `grey` or `#rrggbb`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "white" => return Ok(Self::WHITE),
            "black" => return Ok(Self([0; 3])),
            "grey" | "gray" => return Ok(Self([128; 3])),
            _ => {}
        }
        let digits = text.strip_prefix('#').unwrap_or(text);
        let channel = |at: usize| {
            let pair = digits.get(at..at + 2)?;
            pair.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
            u8::from_str_radix(pair, 16).ok()
        };
        match (digits.len(), channel(0), channel(2), channel(4)) {
            (6, Some(red), Some(green), Some(blue)) => Ok(Self([red, green, blue])),
            _ => Err(format!("{text} is no colour: white, black, grey or #rrggbb")),
        }
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            [255, 255, 255] => f.write_str("white"),
            [0, 0, 0] => f.write_str("black"),
            [red, green, blue] => write!(f, "#{red:02x}{green:02x}{blue:02x}"),
        }
    }
}

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}
