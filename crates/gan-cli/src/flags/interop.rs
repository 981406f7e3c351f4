//! Flags of `gan export`, `gan import` and `gan reproduce`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use gan_model::{Activation, LatentDistribution};

use super::ImageShape;
use crate::machine::backend::Backend;

#[derive(Args)]
pub struct ExportArgs {
    /// Run folder or snapshot file [default: the latest run in --outdir]
    #[arg(value_name = "RUN|SNAPSHOT")]
    pub source: Option<PathBuf>,

    /// Format of the file [default: what --out ends in]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<ExportFormat>,

    /// File to write; a .pth gets the PyTorch module that it fits beside it
    #[arg(long, value_name = "FILE", default_value = "generator.onnx")]
    pub out: PathBuf,

    /// Export the discriminator, from the checkpoint of the run, instead of the generator
    #[arg(long)]
    pub discriminator: bool,

    /// Folder to look for the latest run in
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// ONNX, for onnxruntime, Netron, browsers
    Onnx,
    /// PyTorch state dict, and a module for it
    Pth,
    /// NumPy archive of the weights
    Npz,
}

#[derive(Args)]
pub struct ImportArgs {
    /// File of weights of another program: .pth or .safetensors
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Network that the file holds; a file of `gan export` says it itself
    #[arg(long = "as", value_enum, value_name = "NETWORK", conflicts_with = "like")]
    pub network: Option<ImportNetwork>,

    /// Run or snapshot whose network the file holds, such as one exported and trained further in
    /// PyTorch
    #[arg(long, value_name = "RUN|SNAPSHOT")]
    pub like: Option<PathBuf>,

    /// Snapshot to write
    #[arg(long, value_name = "FILE", default_value = "imported.safetensors")]
    pub out: PathBuf,

    /// Distribution of the latents [default: normal]
    #[arg(long, value_enum, value_name = "DISTRIBUTION")]
    pub latents: Option<LatentDistribution>,

    /// What follows the last layer [default: tanh]
    #[arg(long, value_enum, value_name = "OUTPUT")]
    pub output: Option<ImportOutput>,

    /// What follows the hidden layers of an mlp [default: relu]
    #[arg(long, value_enum, value_name = "ACTIVATION")]
    pub activation: Option<Activation>,

    /// Shape of an mlp's images, such as 1x28x28 [default: square, of 1 or 3 channels]
    #[arg(long, value_name = "CxHxW")]
    pub image_shape: Option<ImageShape>,

    /// Name of what it was trained on, for `gan info`
    #[arg(long, value_name = "NAME", default_value = "unknown")]
    pub data: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportNetwork {
    /// The generator of pytorch/examples/dcgan
    Dcgan,
    /// Linear layers in the order of their names
    Mlp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportOutput {
    /// Images in [-1, 1], which become images in [0, 1]
    Tanh,
    /// Images in [0, 1]
    Sigmoid,
    /// Data of any range
    Linear,
}

#[derive(Args)]
pub struct ReproduceArgs {
    /// Picture that `gan sample` drew
    #[arg(value_name = "FILE.png")]
    pub picture: PathBuf,

    /// Run or snapshot that it was drawn from [default: the one with the same hash in --outdir]
    #[arg(value_name = "RUN|SNAPSHOT")]
    pub source: Option<PathBuf>,

    /// Keep the picture that is drawn again
    #[arg(long, value_name = "FILE.png")]
    pub out: Option<PathBuf>,

    /// Backend to compute on [default: the picture's]
    #[arg(long, value_enum)]
    pub backend: Option<Backend>,

    /// Folder to look for the snapshot in
    #[arg(long, value_name = "PATH", default_value = "runs")]
    pub outdir: PathBuf,
}
