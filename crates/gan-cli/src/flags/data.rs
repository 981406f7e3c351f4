//! Flags of `gan data`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Subcommand)]
pub enum DataCommand {
    /// Make a data set whose modes are known, so that `gan evaluate` can count those a generator covers
    Synth(SynthArgs),
}

#[derive(Args)]
pub struct SynthArgs {
    /// Data set to make
    #[arg(value_enum)]
    pub kind: SynthKind,

    /// Output: a .npz file, for --data
    #[arg(long, value_name = "FILE.npz")]
    pub out: PathBuf,

    /// Number of points or images [default: 100000 points, 128000 images]
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,

    /// Seed of the data
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

/// Synthetic data sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SynthKind {
    /// 8 Gaussians of standard deviation 0.01 on a circle of radius 1
    Ring,
    /// 25 Gaussians of standard deviation 0.05 on a 5 × 5 grid, 2 apart
    Grid,
    /// Images of three MNIST digits, one per colour channel: 1,000 modes
    StackedMnist,
}
