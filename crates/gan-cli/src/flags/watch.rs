//! Flags of `gan watch`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub struct WatchArgs {
    /// Run to open; the others beside it can be opened, too [default: the list of runs]
    #[arg(value_name = "RUN")]
    pub run: Option<PathBuf>,

    /// Folder whose runs are shown
    #[arg(long, value_name = "PATH", default_value = "runs", conflicts_with = "run")]
    pub outdir: PathBuf,

    /// Address to listen on: port 0 is any free one; 0.0.0.0 lets other machines read, too
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:6006")]
    pub listen: SocketAddr,

    /// Show RUN on the whole terminal in place of a page
    #[arg(long, requires = "run", conflicts_with_all = ["listen", "open"])]
    pub tui: bool,

    /// Latents that the explorer starts from besides seeds, [latents, dim] as `gan project` keeps them; those
    /// in a run's folder are offered, too
    #[arg(long, value_name = "FILE.npy", conflicts_with = "tui")]
    pub latents: Vec<PathBuf>,

    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}
