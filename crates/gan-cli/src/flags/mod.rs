//! Flags. Their help is written here and nowhere else.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::machine::backend::Backend;

mod evaluate;
mod evaluation;
pub mod names;
pub mod networks;
mod sweep;
mod synth;
pub mod training;
mod values;

pub use evaluate::{CompareArgs, EvaluateArgs, MeasuringArgs};
pub use evaluation::WatchFlags;
pub use sweep::SweepArgs;
pub use synth::{DataVerb, SynthArgs, SynthKind};
pub use training::TrainingFlags;
pub use values::{GridShape, PresetName, SeedList};

/// Train, sample, measure and inspect generative adversarial networks.
///
/// Without a verb, `gan` trains: the classic GAN of 2014 on MNIST, on the CPU, into a new folder
/// below runs/.
#[derive(Parser)]
#[command(name = "gan", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Option<Verb>,
    #[command(flatten)]
    pub train: TrainArgs,
}

const EXAMPLES: &str = "\
Examples:
  gan                                  train the tutorial's GAN on MNIST
  gan --budget 3m                      the same, in three minutes
  gan --backend wgpu                   the same, on a GPU
  gan train --data path/to/idx-files   on Fashion-MNIST, KMNIST, EMNIST, …
  gan train --resume                   go on with the latest run
  gan sample --seeds 0-15              draw sixteen digits from the latest run
  gan evaluate                         how good is what it draws?
  gan info samples.png                 where does this picture come from?
  gan backends                         what can this machine train on?

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a loss was not finite, 130 stopped and saved.";

#[derive(Subcommand)]
pub enum Verb {
    /// Train a GAN (what `gan` does without a verb)
    Train(Box<TrainArgs>),
    /// Draw images from a trained generator
    Sample(SampleArgs),
    /// Measure what a generator draws, or any set of images, against real images
    Evaluate(EvaluateArgs),
    /// Measure runs, snapshots or sets of images side by side
    Compare(CompareArgs),
    /// Train recipes × losses × seeds one after the other, and say how often each fails
    Sweep(SweepArgs),
    /// Say what a picture, snapshot, checkpoint or run is
    Info(InfoArgs),
    /// List the backends, check each with a real training step, and say how fast it is
    Backends(BackendsArgs),
    /// Measure training speed on every backend that is here
    Bench(BenchArgs),
    /// Train a classifier on labelled images, whose features metrics are computed on
    TrainExtractor(TrainExtractorArgs),
    /// Make data to train on
    #[command(subcommand)]
    Data(DataVerb),
}

#[derive(Args, Clone, Debug, Default)]
pub struct TrainArgs {
    /// Recipe that all numbers start from [default: tutorial; points for points]
    #[arg(long, value_enum)]
    pub preset: Option<PresetName>,

    /// Configuration to start from, TOML or JSON: the config.json of another run, or some values to
    /// put over the preset's; flags win over it
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub config: Option<PathBuf>,

    /// Images: IDX file or folder, folder or ZIP of PNG pictures, .npy or .npz [default: the MNIST
    /// inside this program]
    #[arg(long, value_name = "PATH")]
    pub data: Option<PathBuf>,

    /// Tell both networks the class of every image, so that `gan sample --class` draws what is
    /// asked for; the data needs labels
    #[arg(long)]
    pub conditional: bool,

    /// What to compute on [default: flex, the CPU]
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,

    /// Time to end within, such as 90s, 3m or 1h: measures the speed, then sets the steps
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub budget: Option<Duration>,

    /// Folder that run folders are made in
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,

    /// Go on with a run: the latest below --outdir, or the one named
    #[arg(long, value_name = "RUN", num_args = 0..=1)]
    pub resume: Option<Option<PathBuf>>,

    /// With --resume: go on even though flags differ from what the run was started with
    #[arg(long, requires = "resume")]
    pub allow_change: bool,

    /// Show the resolved configuration and stop; nothing is written
    #[arg(long)]
    pub dry_run: bool,

    /// Threads of the CPU backends; results do not depend on it [default: 2, or 1
    /// where there is one core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,

    #[command(flatten)]
    pub watch: WatchFlags,

    #[command(flatten)]
    pub numbers: TrainingFlags,
}

#[derive(Args)]
pub struct SampleArgs {
    /// Run folder or snapshot file [default: the latest run below --outdir]
    #[arg(value_name = "RUN|SNAPSHOT")]
    pub source: Option<PathBuf>,

    /// Seeds to draw, such as 0-15 or 0,1,4-6; a seed is the same latent everywhere
    /// [default: 0-15, or as many as fill the --grid; 0-1999 of points]
    #[arg(long, value_name = "SEEDS")]
    pub seeds: Option<SeedList>,

    /// Classes to draw, such as 7 or 0-9, of a conditional generator: each with every seed, a row of
    /// the picture for each class [default: seed modulo classes]
    #[arg(long, value_name = "CLASSES")]
    pub class: Option<SeedList>,

    /// Columns and rows of the picture, such as 4x4 [default: nearly square]
    #[arg(long, value_name = "WxH")]
    pub grid: Option<GridShape>,

    /// Where to: FILE.png for one picture, FILE.gif for a film that walks from seed to seed, a
    /// folder for one seed0000.png each, or FILE.npy for the numbers
    #[arg(long, value_name = "PATH", default_value = "samples.png")]
    pub out: PathBuf,

    /// Shrink latents towards the middle by this factor: below 1 is more typical, less varied
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub truncation: f32,

    /// For a film: seeds that each cell of the grid walks through [default: seeds / cells]
    #[arg(long, value_name = "N")]
    pub num_keyframes: Option<usize>,

    /// For a film: pictures from one seed to the next
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub frames: usize,

    /// Draw each pixel as a square of N × N
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub scale: usize,

    /// What to compute on [default: flex, the CPU]
    #[arg(long, value_enum, default_value = "flex")]
    pub backend: Backend,

    /// Folder to look for the latest run in
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,
}

#[derive(Args)]
pub struct InfoArgs {
    /// A picture (PNG), a snapshot, a checkpoint, or a run folder
    pub path: PathBuf,
}

#[derive(Args)]
pub struct BackendsArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Check this one backend in this process and print one line of JSON
    #[arg(long, value_enum, hide = true)]
    pub probe: Option<Backend>,
}

#[derive(Args)]
pub struct BenchArgs {
    /// Only this backend
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,

    /// Recipe to measure
    #[arg(long, value_enum, default_value = "tutorial")]
    pub preset: PresetName,

    /// Images in a step
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "100,128")]
    pub batch_size: Vec<usize>,

    /// Width of every hidden layer, or channels of a convolutional network [default: the recipe's]
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub width: Vec<usize>,

    /// Height and width of the images
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "28")]
    pub image_size: Vec<usize>,

    /// Time to measure each row for, after a warm-up
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "5s")]
    pub time: Duration,

    /// Threads of the CPU backends [default: 2, or 1 where there is one core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct TrainExtractorArgs {
    /// Labelled images: IDX file or folder, folder or ZIP of PNG pictures in folders by class, .npz
    /// with labels [default: the MNIST inside this program]
    #[arg(long, value_name = "PATH")]
    pub data: Option<PathBuf>,

    /// Where to
    #[arg(long, value_name = "FILE", default_value = "extractor.safetensors")]
    pub out: PathBuf,

    /// Times that it sees every training image
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub epochs: usize,

    /// Decides initial weights, order and shifts of the images
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Threads; the result does not depend on it [default: 2, or 1 where there is one
    /// core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

impl SampleArgs {
    /// Seeds that each cell of a film walks through where none are named; none for a picture.
    pub fn keyframes(&self) -> Option<usize> {
        let is_film = self.out.extension().is_some_and(|end| end.eq_ignore_ascii_case("gif"));
        is_film.then(|| self.num_keyframes.unwrap_or(4))
    }
}
