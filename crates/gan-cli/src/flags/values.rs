//! What flags are worth: presets by name, lists of seeds, shapes of grids.

use clap::ValueEnum;
use gan_training::Preset;

/// A [`Preset`] on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PresetName {
    /// The classic GAN of 2014: 100 → 128 → 784 against 784 → 128 → 1
    Tutorial,
    /// Two hidden layers of 512, relativistic pairing with R1 and R2: converges, to sharp digits
    Mlp,
    /// The same layers as a WGAN with gradient penalty, as in its paper
    WganGp,
    /// Convolutions and a fully connected layer, batch norm in the generator; the game of mlp: the
    /// best digits of these
    Dcgan,
    /// A residual network without normalisation, relativistic pairing with R1 and R2, for two cores
    R3Small,
    /// The same made for a GPU, after R3GAN
    R3,
    /// Points of the plane, as `gan data synth` makes them: narrow layers, and the game of mlp
    Points,
}

/// Seeds, as in `0,1,4-6`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedList(pub Vec<u64>);

/// Columns and rows, as in `4x2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridShape {
    pub columns: usize,
    pub rows: usize,
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Tutorial => Self::Tutorial,
            PresetName::Mlp => Self::Mlp,
            PresetName::WganGp => Self::WganGp,
            PresetName::Dcgan => Self::Dcgan,
            PresetName::R3Small => Self::R3Small,
            PresetName::R3 => Self::R3,
            PresetName::Points => Self::Points,
        }
    }
}

impl std::str::FromStr for SeedList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const LIMIT: usize = 1_000_000;
        let number = |text: &str| {
            text.trim().parse::<u64>().map_err(|_| format!("`{text}` is no seed; write 0,1,4-6"))
        };
        let mut seeds = Vec::new();
        for part in text.split(',') {
            let (first, last) = match part.split_once('-') {
                Some((first, last)) => (number(first)?, number(last)?),
                None => (number(part)?, number(part)?),
            };
            if first > last {
                return Err(format!("{part} runs backwards; write {last}-{first}"));
            }
            if last - first >= (LIMIT - seeds.len()) as u64 {
                return Err(format!("more than {LIMIT} seeds"));
            }
            seeds.extend(first..=last);
        }
        Ok(Self(seeds))
    }
}

impl std::str::FromStr for GridShape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |text: &str| text.parse().ok().filter(|side| (1..=1000).contains(side));
        text.split_once('x')
            .and_then(|(columns, rows)| Some(Self { columns: side(columns)?, rows: side(rows)? }))
            .ok_or_else(|| "write columns x rows, such as 4x4, each from 1 to 1000".to_owned())
    }
}
