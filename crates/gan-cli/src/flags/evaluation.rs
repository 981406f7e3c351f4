//! Flags for measuring while a run trains.

use clap::Args;

use crate::watch::MetricName;

#[derive(Args, Clone, Debug, Default)]
pub struct WatchFlags {
    /// Steps between two evaluations, into stats.jsonl; 0 for none. They leave the run as it is
    #[arg(long, value_name = "N")]
    pub evaluate_every: Option<u64>,

    /// What is evaluated, called as by `gan evaluate` [default: fd_mnistcnn_10k for 28 × 28 grey
    /// images, fd_pixels_10k for others, fewer where the data has fewer than twice that]
    #[arg(long, value_name = "NAME")]
    pub metric: Option<MetricName>,

    /// Keep the snapshot with the best --metric so far as best.safetensors
    #[arg(long)]
    pub keep_best: bool,
}
