//! Flags of `gan doctor`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub struct DoctorArgs {
    /// Run to look at [default: the latest in --outdir]
    #[arg(value_name = "RUN")]
    pub run: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Train again with the first cure, from the same seed and half as long again as it took for the
    /// trouble to show, and say whether it is gone; the trial is kept in RUN/treatment
    #[arg(long, conflicts_with = "json")]
    pub treat: bool,

    /// Folder of run folders
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,
}
