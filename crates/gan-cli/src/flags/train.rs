//! Flags of `gan train`, apart from the hyperparameters.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use gan_training::Preset;

use super::values::limits::{threads, time};
use super::{EvaluationFlags, GuardFlags, RuleFlags, TrainingFlags};
use crate::machine::backend::Backend;

/// The live page beside a training.
#[derive(Args, Clone, Debug, Default)]
pub struct PageFlags {
    /// Serve the page of the run while it trains, as `gan watch` does
    #[arg(long)]
    pub watch: bool,

    /// Address of that page: port 0 is any free one; 0.0.0.0 lets other machines read, too
    /// [default: 127.0.0.1:6006, or any free port]
    #[arg(long, value_name = "ADDRESS:PORT", requires = "watch")]
    pub listen: Option<SocketAddr>,

    /// Open that page in the browser
    #[arg(long, requires = "watch")]
    pub open: bool,
}

/// What connects processes that train together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// MPI, in a build with the feature `mpi`
    Mpi,
}

#[derive(Args, Clone, Debug, Default)]
pub struct TrainArgs {
    /// Preset that every hyperparameter starts from [default: tutorial on the built-in MNIST, points for
    /// points; for other images what suits their size, dcgan or mlp]
    #[arg(long, value_enum)]
    pub preset: Option<Preset>,

    /// Configuration to start from, TOML or JSON: another run's config.json, or only what differs
    /// from the preset. Flags win over it
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub config: Option<PathBuf>,

    /// Training images: a folder, ZIP or TAR of pictures, IDX files, .npy, .npz, CSV or a packed set
    /// (`gan data inspect` says what is there) [default: the built-in MNIST]
    #[arg(long, value_name = "PATH")]
    pub data: Option<PathBuf>,

    /// Train a class-conditional GAN: both networks also get each image's label, so that
    /// `gan sample --class` draws the class asked for. The data needs labels
    #[arg(long)]
    pub conditional: bool,

    /// Backend to compute on [default: flex, the CPU]
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,

    /// How long to train, such as 90s, 3m or 1h, in place of --steps: schedules follow the time and end
    /// with it. With --resume: how much longer
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "steps")]
    pub budget: Option<Duration>,

    /// Folder for run folders
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,

    /// Resume a run from its checkpoint: RUN, or the latest in --outdir
    #[arg(long, value_name = "RUN", num_args = 0..=1)]
    pub resume: Option<Option<PathBuf>>,

    /// With --resume: accept flags that differ from the run's configuration
    #[arg(long, requires = "resume")]
    pub allow_change: bool,

    /// Print the resolved configuration and stop; nothing is written
    #[arg(long)]
    pub dry_run: bool,

    /// Train with all processes that `mpirun` or `srun` started, each on its part of every batch
    /// (docs/scaling.md)
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub distributed: Option<Engine>,

    /// Threads of the CPU backends; results do not depend on it [default: 2, or 1 on a machine with
    /// one core; with --distributed as many as each rank has cores]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    /// Also write event files for TensorBoard into the run folder: `tensorboard --logdir runs`
    #[arg(long)]
    pub tensorboard: bool,

    /// Show the run on the whole terminal: curves, grid, metrics, events; keys to pause and stop it.
    /// After `kill -9`, which no program can answer, `reset` gives the terminal back
    #[arg(long, conflicts_with = "distributed")]
    pub tui: bool,

    #[command(flatten)]
    pub page: PageFlags,

    #[command(flatten)]
    pub training: TrainingFlags,

    #[command(flatten)]
    pub guard: GuardFlags,

    #[command(flatten)]
    pub rule: RuleFlags,

    #[command(flatten)]
    pub evaluation: EvaluationFlags,
}
