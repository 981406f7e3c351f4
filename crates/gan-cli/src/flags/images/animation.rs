//! Flags of `gan interpolate` and `gan animate`.

use std::path::PathBuf;

use clap::Args;

use crate::flags::values::limits::{fps, frames, scale, seconds};
use crate::flags::{DrawingFlags, GridShape, LatestRunFlags, SeedList};

#[derive(Args)]
pub struct InterpolateArgs {
    /// Run folder or snapshot file [default: the latest run in --outdir]
    #[arg(value_name = "RUN|SNAPSHOT")]
    pub source: Option<PathBuf>,

    /// Seeds to walk through, such as 0-7 [default: 0-7; as many as --grid has cells with --class]
    #[arg(long, value_name = "SEEDS", conflicts_with = "latents")]
    pub seeds: Option<SeedList>,

    /// Latents to walk through in place of seeds, [latents, dim] as `gan project` keeps them
    #[arg(long, value_name = "FILE.npy")]
    pub latents: Option<PathBuf>,

    /// Classes to walk through with the latent kept, such as cat,dog or 0-9; or one, for every picture. Of a
    /// class-conditional generator [default: that of a cell's first seed, seed modulo classes]
    #[arg(long, value_name = "CLASSES")]
    pub class: Option<String>,

    /// Cells that walk side by side, such as 4x2: each through its own part of the seeds, or,
    /// where there are no more seeds than cells, through all of them from its own on [default: 1x1]
    #[arg(long, value_name = "WxH")]
    pub grid: Option<GridShape>,

    /// Walk back to the first seed, so that the animation goes on without a jump
    #[arg(long = "loop")]
    pub is_loop: bool,

    /// Frames from one seed to the next [default: 24]
    #[arg(long, value_name = "N", value_parser = frames, conflicts_with = "seconds")]
    pub frames: Option<usize>,

    /// Multiply latents by this factor: below 1, samples are more typical and less varied
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub truncation: f32,

    /// Output: FILE.gif, FILE.png (APNG), FILE.webp, or FILE.mp4 where ffmpeg is installed
    #[arg(long, value_name = "FILE", default_value = "interpolation.gif")]
    pub out: PathBuf,

    /// Draw each pixel as a square of N × N [default: at least 336 pixels wide]
    #[arg(long, value_name = "N", value_parser = scale)]
    pub scale: Option<usize>,

    #[command(flatten)]
    pub speed: SpeedFlags,

    #[command(flatten)]
    pub drawing: DrawingFlags,
}

#[derive(Args)]
pub struct AnimateArgs {
    /// Run folder [default: the latest run in --outdir]
    #[arg(value_name = "RUN")]
    pub run: Option<PathBuf>,

    /// Output: FILE.gif, FILE.png (APNG), FILE.webp, or FILE.mp4 where ffmpeg is installed
    #[arg(long, value_name = "FILE", default_value = "training.gif")]
    pub out: PathBuf,

    /// Draw each pixel of the run's pictures as a square of N × N
    #[arg(long, value_name = "N", value_parser = scale, default_value = "1")]
    pub scale: usize,

    #[command(flatten)]
    pub speed: SpeedFlags,

    #[command(flatten)]
    pub latest: LatestRunFlags,
}

/// How fast an animation goes.
#[derive(Args)]
pub struct SpeedFlags {
    /// Frames a second [default: 24; of `gan animate`: 8]
    #[arg(long, value_name = "N", value_parser = fps)]
    pub fps: Option<f64>,

    /// Length of the animation: sets how many frames there are, or of `gan animate`, --fps
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub seconds: Option<f64>,
}
