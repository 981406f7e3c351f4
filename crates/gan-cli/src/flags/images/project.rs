//! Flags of `gan project`.

use std::path::PathBuf;

use clap::Args;

use crate::flags::DrawingFlags;

#[derive(Args)]
pub struct ProjectArgs {
    /// Pictures, or a set of them (a folder, .npy, IDX); last, the run folder or snapshot file
    /// [default: the latest run in --outdir]
    #[arg(value_name = "IMAGE… [RUN|SNAPSHOT]", required = true)]
    pub paths: Vec<PathBuf>,

    /// The latents, [images, dim], which `gan sample --latents` and `gan interpolate --latents` take;
    /// the picture and the animation of the search are kept beside them, as .png and .gif
    #[arg(long, value_name = "FILE.npy", default_value = "projection.npy")]
    pub out: PathBuf,

    /// Latents that the search starts from, for each picture: the nearest of 512 seeds
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub starts: u16,

    /// Steps of the search
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub steps: u32,

    /// Class to draw them as, by name or number, of a class-conditional generator [default: those of the nearest seeds]
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,

    /// Feature extractor of the distance: mnistcnn, randomcnn, pixels, or a FILE that
    /// `gan train-extractor` made [default: mnistcnn for MNIST, randomcnn for other images]
    #[arg(long, value_name = "EXTRACTOR")]
    pub extractor: Option<String>,

    /// Real images to search for as well, to compare with; such as held-out ones [default: what the
    /// run trained on]
    #[arg(long, value_name = "PATH")]
    pub real: Option<PathBuf>,

    /// How many of them; 0 for none
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(0..=256))]
    pub reals: u16,

    #[command(flatten)]
    pub drawing: DrawingFlags,
}
