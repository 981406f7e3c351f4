//! Flags of `gan data`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Subcommand)]
pub enum DataVerb {
    /// Make data whose modes are known: `gan evaluate` counts those that a generator finds
    Synth(SynthArgs),
}

#[derive(Args)]
pub struct SynthArgs {
    /// What to make
    #[arg(value_enum)]
    pub kind: SynthKind,

    /// Where to: a .npz file, which `--data` takes
    #[arg(long, value_name = "FILE.npz")]
    pub out: PathBuf,

    /// Points or images [default: 100000 points, 128000 images]
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,

    /// Decides which ones
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

/// Data that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SynthKind {
    /// Points of 8 Gaussians of deviation 0.01 on a circle of radius 1
    Ring,
    /// Points of 25 Gaussians of deviation 0.05, 5 × 5 of them, 2 apart
    Grid,
    /// Images of three MNIST digits, one in each of red, green and blue: 1,000 modes
    StackedMnist,
}
