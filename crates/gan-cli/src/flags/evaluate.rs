//! Flags of the commands that measure.

use std::path::PathBuf;

use clap::Args;

use super::RuleFlags;
use super::values::limits::threads;
use crate::machine::backend::Backend;

#[derive(Args)]
pub struct EvaluateArgs {
    /// Run folder or snapshot to draw the samples from [default: the latest run below --outdir]
    #[arg(value_name = "RUN|SNAPSHOT", conflicts_with = "fake")]
    pub source: Option<PathBuf>,

    /// Samples of any tool instead of a run's: whatever `gan train --data` takes
    #[arg(long, value_name = "PATH")]
    pub fake: Option<PathBuf>,

    /// Features computed elsewhere, of real images and of samples: two .npy files [images, features]
    #[arg(long, value_names = ["REAL.npy", "FAKE.npy"], num_args = 2,
          conflicts_with_all = ["source", "fake", "real", "extractor"])]
    pub features: Option<Vec<PathBuf>>,

    /// Also write mean and covariance of the real images' features, as pytorch-fid stores them
    #[arg(long, value_name = "FILE.npz")]
    pub save_statistics: Option<PathBuf>,

    /// Measure only the Fréchet distance to stored statistics (mu, sigma); needs no real images
    #[arg(long, value_name = "FILE.npz", conflicts_with_all = ["features", "save_statistics", "real"])]
    pub real_statistics: Option<PathBuf>,

    /// Picture of samples beside their nearest real images [default: nearest.png in the run]
    #[arg(long, value_name = "FILE.png")]
    pub nearest: Option<PathBuf>,

    #[command(flatten)]
    pub measuring: MeasuringArgs,
}

#[derive(Args)]
pub struct CompareArgs {
    /// Two or more runs, snapshots, or sets of images
    #[arg(value_name = "RUN|SNAPSHOT|IMAGES", required = true, num_args = 2..)]
    pub subjects: Vec<PathBuf>,

    /// The page with the table, and the runs side by side [default: comparison.html; none with
    /// --json]
    #[arg(long, value_name = "FILE.html")]
    pub out: Option<PathBuf>,

    #[command(flatten)]
    pub measuring: MeasuringArgs,
}

/// How to measure, and against what.
#[derive(Args)]
pub struct MeasuringArgs {
    /// Real images: whatever `gan train --data` takes [default: what the run trained on]
    #[arg(long, value_name = "PATH")]
    pub real: Option<PathBuf>,

    /// Feature extractor: mnistcnn, randomcnn, pixels, inception, or a FILE that
    /// `gan train-extractor` made [default: mnistcnn for MNIST, randomcnn for other images]
    #[arg(long, value_name = "EXTRACTOR")]
    pub extractor: Option<String>,

    /// Weights of FID's Inception: .safetensors, or the public pt_inception-2015-12-05 .pth
    #[arg(long, value_name = "FILE")]
    pub inception_weights: Option<PathBuf>,

    /// Number of samples, and of real images [default: 10000, or half of the data if that is less]
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,

    /// First seed of the samples; also selects the real images
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Measure sets of different sizes, although the results are not comparable
    #[arg(long)]
    pub force: bool,

    /// Print JSON, one line per metric
    #[arg(long)]
    pub json: bool,

    /// Backend to compute on
    #[arg(long, value_enum, default_value = "flex")]
    pub backend: Backend,

    /// Threads of the CPU; results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    /// Folder to look for the latest run in
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,

    #[command(flatten)]
    pub rule: RuleFlags,
}

#[derive(Args)]
pub struct TrainExtractorArgs {
    /// Labelled images: a folder or archive of pictures in one folder per class, or an array with
    /// labels [default: the built-in MNIST]
    #[arg(long, value_name = "PATH")]
    pub data: Option<PathBuf>,

    /// Output
    #[arg(long, value_name = "FILE", default_value = "extractor.safetensors")]
    pub out: PathBuf,

    /// Epochs
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub epochs: usize,

    /// Seed of the initial weights and of the order and shifts of the images
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Threads; the result does not depend on it [default: 2, or 1 on a machine with one core]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    #[command(flatten)]
    pub rule: RuleFlags,
}
