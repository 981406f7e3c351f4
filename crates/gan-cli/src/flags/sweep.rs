//! Flags of `gan sweep`.

use std::path::PathBuf;

use clap::Args;

use super::{PresetName, SeedList};
use crate::flags::names::LossName;

#[derive(Args)]
pub struct SweepArgs {
    /// Recipes to try
    #[arg(long, value_enum, value_delimiter = ',', default_value = "tutorial")]
    pub preset: Vec<PresetName>,

    /// Losses to try with each recipe [default: the recipe's own]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub loss: Vec<LossName>,

    /// Seeds to try each of them with
    #[arg(long, value_name = "SEEDS", default_value = "0-4")]
    pub seeds: SeedList,

    /// Samples to measure each run with
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub samples: usize,

    /// Folder that keeps the runs; a sweep that was stopped goes on there
    #[arg(long, value_name = "PATH", default_value = "sweep")]
    pub outdir: PathBuf,

    /// Print JSON, one line for each run
    #[arg(long)]
    pub json: bool,

    /// Flags of `gan train` for every run, after `--`, such as `-- --budget 1m`
    #[arg(last = true, value_name = "TRAIN FLAGS")]
    pub train: Vec<String>,
}
