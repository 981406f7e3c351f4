//! Flags of `gan report`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub struct ReportArgs {
    /// Runs to show side by side [default: the latest]
    #[arg(value_name = "RUN")]
    pub runs: Vec<PathBuf>,

    /// Folder to look for the latest run in
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,

    /// The page [default: report.html in the run; report.html here for several runs]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["csv", "json"])]
    pub out: Option<PathBuf>,

    /// Print the statistics as comma-separated values: run, step, name, value
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,

    /// Print configuration, statistics and metrics as JSON
    #[arg(long)]
    pub json: bool,
}
