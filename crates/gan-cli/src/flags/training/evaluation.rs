//! Flags of evaluation during training.

use clap::Args;
use gan_evaluation::MetricName;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Evaluation during training")]
pub struct EvaluationFlags {
    /// Steps between two evaluations with --metric, kept in stats.jsonl; 0 for none. They do not
    /// change the run
    #[arg(long, value_name = "N")]
    pub evaluate_every: Option<u64>,

    /// Metric, named as `gan evaluate` names it: METRIC_EXTRACTOR_SAMPLES [default: fd_mnistcnn_10k
    /// for MNIST, fd_randomcnn_10k for other images; fewer samples for fewer images]
    #[arg(long, value_name = "NAME")]
    pub metric: Option<MetricName>,

    /// Keep the snapshot with the best --metric so far as best.safetensors
    #[arg(long)]
    pub keep_best: bool,
}
