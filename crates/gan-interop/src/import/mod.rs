//! Generators of other programs: files of weights read, checked and turned into snapshots. Nothing
//! in them is executed.

mod dcgan;
mod mlp;
mod own;
mod source;

use std::path::Path;

use gan_model::{
    Activation, GeneratorConfig, LatentDistribution, Snapshot, SnapshotError, SnapshotInfo,
};
use gan_weights::NamedTensors;

use crate::ImportError;
use source::Source;

/// What a file of weights does not say.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Which network the file holds; not needed for a file that [`Network::pth`](crate::Network::pth)
    /// wrote.
    pub network: Option<Foreign>,
    /// Where the latents come from; normal, if nothing is said.
    pub latents: Option<LatentDistribution>,
    /// What follows the last layer; tanh, if nothing is said.
    pub output: Option<ForeignOutput>,
    /// What follows each hidden layer of [`Foreign::Mlp`]; ReLU, if nothing is said.
    pub activation: Option<Activation>,
    /// `[channels, height, width]` of [`Foreign::Mlp`]'s images; square, if nothing is said.
    pub image_shape: Option<[usize; 3]>,
}

/// A network that can be imported.
#[derive(Clone, Debug, PartialEq)]
pub enum Foreign {
    /// The generator of `pytorch/examples/dcgan`: `main.0` to `main.12` for 64 pixels, transposed convolutions
    /// without biases, between them batch norm and ReLU. Fewer or more layers make other sizes.
    Dcgan,
    /// Linear layers, one after the other in the order of their names, as of an `nn.Sequential`.
    Mlp,
    /// What [`Network::pth`](crate::Network::pth) writes of a generator with this configuration,
    /// perhaps trained further in PyTorch.
    Own(GeneratorConfig),
}

/// What follows the last layer of a generator elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForeignOutput {
    /// Images in `[-1, 1]`. They become images in `[0, 1]`: (tanh x + 1) / 2 = σ(2x).
    #[default]
    Tanh,
    /// Images in `[0, 1]`.
    Sigmoid,
    /// Data of any range.
    Linear,
}

/// A generator that was read from another program's file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The network, as ours.
    pub generator: GeneratorConfig,
    /// What was assumed, converted or left alone, a sentence each.
    pub notes: Vec<String>,
    tensors: NamedTensors,
}

impl Imported {
    /// The generator as a snapshot, which samples, evaluates and exports like any other; `data` is the
    /// name of what it was trained on.
    ///
    /// # Errors
    /// If a value is not finite.
    pub fn snapshot(&self, version: &str, data: &str) -> Result<Snapshot, SnapshotError> {
        let info = SnapshotInfo::new(version, self.generator.clone(), "imported", data, 0);
        Snapshot::from_tensors(&info, &self.tensors)
    }
}

/// Reads the generator in `path`, a `.pth` or `.safetensors` file of any program.
///
/// # Errors
/// If the file cannot be read, is damaged, claims more than it holds, or if its tensors are not
/// those of the network: the message then names each that is missing, superfluous or of another
/// shape.
pub fn import_generator(path: &Path, options: &ImportOptions) -> Result<Imported, ImportError> {
    let bytes = std::fs::read(path)?;
    let source = Source::open(path, &bytes)?;
    let own = || own::configuration(&bytes).map(Foreign::Own);
    match options.network.clone().or_else(own) {
        Some(Foreign::Dcgan) => dcgan::import(&source, options),
        Some(Foreign::Mlp) => mlp::import(&source, options),
        Some(Foreign::Own(config)) => own::import(&source, config),
        None => Err(ImportError::UnknownNetwork),
    }
}
