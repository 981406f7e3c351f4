//! The command line: every flag, and its help. Written here and nowhere else.

use std::ffi::OsString;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

mod data;
mod doctor;
mod evaluate;
mod fields;
mod hints;
mod images;
mod interop;
mod lab;
mod machine;
mod report;
mod sweep;
mod train;
mod training;
mod values;
mod watch;

pub use data::{DataCommand, FetchArgs, InspectArgs, PackArgs, RuleFlags, SynthArgs};
pub use doctor::DoctorArgs;
pub use evaluate::{CompareArgs, EvaluateArgs, MeasuringArgs, TrainExtractorArgs};
pub use fields::flag_of;
pub use images::animation::{AnimateArgs, InterpolateArgs};
pub use images::drawing::{DrawingFlags, LatestRunFlags};
pub use images::project::ProjectArgs;
pub use images::sample::SampleArgs;
pub use interop::{
    ExportArgs, ExportFormat, ImportArgs, ImportNetwork, ImportOutput, ReproduceArgs,
};
pub use lab::LabArgs;
pub use machine::{BackendsArgs, BenchArgs, CompletionsArgs, InfoArgs};
pub use report::ReportArgs;
pub use sweep::SweepArgs;
pub use train::{Engine, PageFlags, TrainArgs};
pub use training::{EvaluationFlags, GuardFlags, TrainingFlags};
pub use values::{GridShape, ImageShape, SeedList, list, put};
pub use watch::WatchArgs;

/// Train, sample, evaluate and inspect generative adversarial networks.
///
/// Without a command, `gan` trains the GAN of 2014 on MNIST, on the CPU, and keeps everything in a
/// new folder in runs/.
#[derive(Parser)]
#[command(name = "gan", version, args_conflicts_with_subcommands = true, styles = STYLES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub train: TrainArgs,
}

#[derive(Subcommand)]
pub enum Command {
    /// Train a GAN (what `gan` does without a command)
    Train(Box<TrainArgs>),
    /// Draw images from a trained generator
    Sample(SampleArgs),
    /// Walk through latents or classes: an animation of what the generator draws on the way
    Interpolate(InterpolateArgs),
    /// The samples of a run over its training, as an animation
    Animate(AnimateArgs),
    /// Find the latents whose pictures are nearest to given ones
    Project(ProjectArgs),
    /// Measure a generator's samples, or any set of images, against real images
    Evaluate(EvaluateArgs),
    /// Measure runs, snapshots or sets of images side by side
    Compare(CompareArgs),
    /// Show runs as one page: samples over training, curves, metrics, configuration
    Report(ReportArgs),
    /// Open runs in the browser, live while they train, and explore what they draw
    Watch(WatchArgs),
    /// Show what goes wrong with GANs, each trouble beside its cure, as an HTML page
    Lab(LabArgs),
    /// Say what is wrong with a run, from its folder alone, and what to try (exit code 4 for trouble)
    Doctor(DoctorArgs),
    /// Train presets × losses × seeds one after the other, and count the failures
    Sweep(SweepArgs),
    /// Write a trained network for other tools: ONNX, PyTorch, NumPy
    Export(ExportArgs),
    /// Make a snapshot of a generator that another program trained
    Import(ImportArgs),
    /// Draw a picture of `gan sample` again, and say whether it is the same
    Reproduce(ReproduceArgs),
    /// Say what a picture, snapshot, checkpoint, run or data set is
    Info(InfoArgs),
    /// List the backends, check each with a real training step, and time it
    Backends(BackendsArgs),
    /// Measure the training speed of a preset on every backend of this machine
    Bench(BenchArgs),
    /// Train a classifier on labelled images, as a feature extractor for `gan evaluate`
    TrainExtractor(TrainExtractorArgs),
    /// Look at, pack, fetch and make data sets
    #[command(subcommand)]
    Data(DataCommand),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, in roff
    Man,
}

const SHORT_EXAMPLES: &str = "\
Examples:
  gan --budget 3m               train on MNIST for three minutes
  gan --data path/to/images     train on a folder of pictures
  gan --resume                  resume the latest run
  gan sample --seeds 0-15       draw sixteen images from it
  gan evaluate                  measure how good they are

All flags: gan --help. Flags of one command: gan COMMAND -h.";

const EXAMPLES: &str = "\
Examples:
  gan                                  train the tutorial's GAN on MNIST
  gan --budget 3m                      the same, in three minutes
  gan --preset mlp --conditional       sharper digits, of the class asked for
  gan --backend wgpu                   on a GPU
  gan --data path/to/images            on a folder or ZIP of pictures, IDX, .npy or .npz
  gan --resume                         resume the latest run
  gan sample --seeds 0-15              draw sixteen images from the latest run
  gan evaluate                         measure its samples against the real images
  gan info samples.png                 where does this picture come from?
  gan backends                         what can this machine train on?

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a loss was not finite, 4 the doctor
found trouble, 130 stopped and saved.";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

/// What `gan -h` shows of the flags of a training; `gan --help` shows all of them.
const SHORT_HELP: [&str; 13] = [
    "preset",
    "data",
    "conditional",
    "loss",
    "steps",
    "batch_size",
    "budget",
    "seed",
    "backend",
    "outdir",
    "resume",
    "dry_run",
    "evaluate_every",
];

/// The command line's grammar.
pub fn grammar() -> clap::Command {
    let shorten = |command: clap::Command| {
        command.mut_args(|arg| match SHORT_HELP.contains(&arg.get_id().as_str()) {
            true => arg,
            false => arg.hide_short_help(true),
        })
    };
    shorten(Cli::command())
        .mut_subcommand("train", shorten)
        .after_help(SHORT_EXAMPLES)
        .after_long_help(EXAMPLES)
}

/// The command that `args` name, or that of training where they name none.
fn command_of(args: &[OsString]) -> clap::Command {
    let of = |command: &clap::Command| {
        args.iter().skip(1).find_map(|arg| command.find_subcommand(arg)).cloned()
    };
    let command = grammar();
    let Some(found) = of(&command) else { return command };
    of(&found).unwrap_or(found)
}

/// What the command line `args` asks for; the first is the program's name.
///
/// # Errors
/// If it is wrong, or asks for help or the version.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    let matches = grammar()
        .try_get_matches_from(&args)
        .map_err(|error| hints::improve(error, &command_of(&args)))?;
    Cli::from_arg_matches(&matches)
}
