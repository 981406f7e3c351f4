//! Flags of `gan sample`.

use std::path::PathBuf;

use clap::Args;

use crate::flags::values::limits::{frames, keyframes, scale};
use crate::flags::{DrawingFlags, GridShape, SeedList};

#[derive(Args)]
pub struct SampleArgs {
    /// Run folder or snapshot file [default: the latest run in --outdir]
    #[arg(value_name = "RUN|SNAPSHOT")]
    pub source: Option<PathBuf>,

    /// Seeds to draw, such as 0-15 or 0,1,4-6; a seed is the same latent everywhere [default: 0-15,
    /// or as many as fill the --grid; 0-1999 of points]
    #[arg(long, value_name = "SEEDS")]
    pub seeds: Option<SeedList>,

    /// Latents to draw in place of seeds, [latents, dim] as `gan project` keeps them
    #[arg(long, value_name = "FILE.npy", conflicts_with_all = ["seeds", "grid"])]
    pub latents: Option<PathBuf>,

    /// Which of these latents, by their place in the file, such as 2 or 0-3 [default: all]
    #[arg(long, value_name = "ROWS", requires = "latents")]
    pub rows: Option<SeedList>,

    /// Classes to draw, by name or number, such as cat,dog or 0-9, of a class-conditional generator:
    /// each with every seed, one row of the picture per class [default: seed modulo classes]
    #[arg(long, value_name = "CLASSES")]
    pub class: Option<String>,

    /// Columns and rows of the picture, such as 4x4 [default: nearly square]
    #[arg(long, value_name = "WxH")]
    pub grid: Option<GridShape>,

    /// Output: FILE.png for one picture, FILE.gif for an animation that interpolates between seeds,
    /// FILE.npy for the values, or a folder for one seed0000.png each
    #[arg(long, value_name = "PATH", default_value = "samples.png")]
    pub out: PathBuf,

    /// Multiply latents by this factor: below 1, samples are more typical and less varied
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub truncation: f32,

    /// Animation: seeds that each cell of the grid interpolates between [default: as many as the
    /// seeds allow; 4]
    #[arg(long, value_name = "N", value_parser = keyframes)]
    pub num_keyframes: Option<usize>,

    /// Animation: frames from one seed to the next
    #[arg(long, value_name = "N", value_parser = frames, default_value = "24")]
    pub frames: usize,

    /// Draw each pixel as a square of N × N [default: 1; an animation at least 336 pixels wide]
    #[arg(long, value_name = "N", value_parser = scale)]
    pub scale: Option<usize>,

    #[command(flatten)]
    pub drawing: DrawingFlags,
}

impl SampleArgs {
    /// Seeds that each cell of an animation interpolates between where none are named; none for a
    /// picture.
    pub fn keyframes(&self) -> Option<usize> {
        let is_animation = self.out.extension().is_some_and(|end| end.eq_ignore_ascii_case("gif"));
        is_animation.then(|| self.num_keyframes.unwrap_or(4))
    }
}
