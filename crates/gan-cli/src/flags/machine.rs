//! Flags of the commands that say what is there: files, backends, speed, the program itself.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap_complete::Shell;
use gan_training::Preset;

use super::values::limits::{threads, time};
use crate::machine::backend::Backend;

#[derive(Args)]
pub struct InfoArgs {
    /// A picture, snapshot, checkpoint, configuration, run folder or data set
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

    /// Preset to measure
    #[arg(long, value_enum, default_value = "tutorial")]
    pub preset: Preset,

    /// Images per step
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "100,128")]
    pub batch_size: Vec<usize>,

    /// Width of every hidden layer, or channels of a convolutional network [default: the preset's]
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub width: Vec<usize>,

    /// Height and width of the images
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "28")]
    pub image_size: Vec<usize>,

    /// Time to measure each row for, after a warm-up
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "5s")]
    pub time: Duration,

    /// Threads of the CPU backends [default: 2, or 1 on a machine with one core]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct CompletionsArgs {
    /// Shell to complete in
    #[arg(value_enum)]
    pub shell: Shell,
}
