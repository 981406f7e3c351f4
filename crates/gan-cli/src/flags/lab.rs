//! Flags of `gan lab`.

use std::path::PathBuf;

use clap::Args;

use super::values::limits::threads;

#[derive(Args)]
pub struct LabArgs {
    /// Demonstration to run, or all [default: list them]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,

    /// Train less: below half a minute on two cores instead of minutes
    #[arg(long)]
    pub quick: bool,

    /// First seed
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Folder for the pages
    #[arg(long, value_name = "PATH", default_value = "lab")]
    pub outdir: PathBuf,

    /// Threads of the CPU backend; results do not depend on it
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
}
