//! Flags of `gan sweep`.

use std::path::PathBuf;

use clap::Args;
use gan_training::{Loss, Preset};

use super::SeedList;
use super::values::limits::{jobs, threads};

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

    /// Runs to train at a time on this machine
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = jobs)]
    pub jobs: usize,

    /// Print a command for each run instead, for any scheduler: none depends on another
    #[arg(long, conflicts_with_all = ["gather", "jobs", "json"])]
    pub list: bool,

    /// Make the table and the page of runs that such commands have trained; what is missing or failed is
    /// counted
    #[arg(long, conflicts_with = "jobs")]
    pub gather: bool,

    /// Threads of each training and of each evaluation [default: those of the commands; with --jobs,
    /// the machine's cores shared out]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    /// Print JSON, one line per run
    #[arg(long)]
    pub json: bool,

    /// Flags of `gan train` for every run, after `--`, such as `-- --budget 1m`
    #[arg(last = true, value_name = "TRAIN FLAGS")]
    pub train: Vec<String>,
}
