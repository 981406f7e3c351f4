//! Flags of `gan sweep`.

use std::path::PathBuf;

use clap::Args;
use gan_training::{Loss, Preset};

use super::SeedList;
use super::values::limits::threads;

#[derive(Args)]
pub struct SweepArgs {
    /// Presets to try
    #[arg(long, value_enum, value_delimiter = ',', default_value = "tutorial")]
    pub preset: Vec<Preset>,

    /// Losses to try with each preset [default: the preset's own]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub loss: Vec<Loss>,

    /// Seeds to try each of them with
    #[arg(long, value_name = "SEEDS", default_value = "0-4")]
    pub seeds: SeedList,

    /// Samples to evaluate each run with
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub samples: usize,

    /// Folder for the runs; a sweep that was stopped resumes there
    #[arg(long, value_name = "PATH", default_value = "sweep")]
    pub outdir: PathBuf,

    /// Threads of each training and of each evaluation [default: those of the commands]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    /// Print JSON, one line per run
    #[arg(long)]
    pub json: bool,

    /// Flags of `gan train` for every run, after `--`, such as `-- --budget 1m`
    #[arg(last = true, value_name = "TRAIN FLAGS")]
    pub train: Vec<String>,
}
