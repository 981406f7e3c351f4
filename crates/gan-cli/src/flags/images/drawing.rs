//! Flags that all commands have that draw.

use std::path::PathBuf;

use clap::Args;

use crate::flags::values::limits::threads;
use crate::machine::backend::Backend;

/// What to draw with, and where to find it.
#[derive(Args)]
pub struct DrawingFlags {
    /// Backend to compute on
    #[arg(long, value_enum, default_value = "flex")]
    pub backend: Backend,

    #[command(flatten)]
    pub run: LatestRunFlags,
}

/// Where the latest run is, and how many threads look at it.
#[derive(Args)]
pub struct LatestRunFlags {
    /// Threads of the CPU; results do not depend on it [default: 2, or 1 on a machine with one core]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    /// Folder to look for the latest run in
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,
}
