//! Snapshots: one file to sample from.
//!
//! A snapshot is a safetensors file with the generator's weights (f32) and, in its metadata under
//! `gan-snapshot`, a JSON description of the network and where it came from. It belongs to no
//! backend.

use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use gan_random::Rng;
use gan_weights::{
    NamedTensors, WeightFile, WeightsError, load_weights, named_weights, sha256, write_weight_file,
};
use serde::{Deserialize, Serialize};

use crate::error::SnapshotError;
use crate::latents::LatentSpace;
use crate::networks::{GeneratorConfig, GeneratorSpec};

const KEY: &str = "gan-snapshot";
/// The newest format: 2 has names of classes.
const FORMAT: u32 = 2;

/// What a snapshot says of itself; `G` describes the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotInfo<G = GeneratorConfig> {
    /// Version of the file format.
    pub format: u32,
    /// Version of the program that wrote it.
    pub version: String,
    /// The network.
    pub generator: G,
    /// Name of the preset it was trained by.
    pub preset: String,
    /// Name of the data set it was trained on.
    pub data: String,
    /// Seed of the run.
    pub seed: u64,
    /// SHA-256 of the run's configuration, where it was trained in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration_sha256: Option<String>,
    /// Generator updates so far.
    pub step: u64,
    /// Real images shown so far, repetitions counted.
    pub images_seen: u64,
    /// What its classes are called, in the order of their numbers, where that is not their numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_names: Option<Vec<String>>,
}

/// A generator on file: its description and its weights, on no device yet.
///
/// `G` describes the network, which may be one of your own: [`Snapshot::open_as`].
#[derive(Clone, Debug)]
pub struct Snapshot<G = GeneratorConfig> {
    info: SnapshotInfo<G>,
    bytes: Vec<u8>,
}

impl<G: GeneratorSpec> SnapshotInfo<G> {
    /// A description in the current format; `version` is the writing program's.
    pub fn new(version: &str, generator: G, preset: &str, data: &str, seed: u64) -> Self {
        Self {
            format: 1,
            version: version.to_owned(),
            generator,
            preset: preset.to_owned(),
            data: data.to_owned(),
            seed,
            configuration_sha256: None,
            step: 0,
            images_seen: 0,
            class_names: None,
        }
    }

    /// The same of a generator whose classes are called `names`, in the order of their numbers. Names
    /// that are these numbers are not kept, and a file without names is one that older versions read.
    pub fn with_class_names(self, names: Option<&[String]>) -> Self {
        let is_conditional = self.generator.classes().is_some();
        let names = names.filter(|names| {
            let mut names = names.iter().enumerate();
            is_conditional && names.any(|(number, name)| *name != number.to_string())
        });
        match names {
            Some(names) => Self { format: FORMAT, class_names: Some(names.to_vec()), ..self },
            None => self,
        }
    }
}

impl Snapshot {
    /// Reads and checks the snapshot at `path`, of one of the library's generators.
    ///
    /// # Errors
    /// If it cannot be read, or is no whole snapshot of a known format.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        Self::open_as(path)
    }

    /// Checks `bytes`, the content of a snapshot file of one of the library's generators.
    ///
    /// # Errors
    /// If they are no whole snapshot of a known format.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, SnapshotError> {
        Self::from_bytes_as(bytes)
    }

    /// Reads and checks the snapshot at `path`, of a generator that `G` describes:
    /// `Snapshot::open_as::<OwnConfig>(path)`.
    ///
    /// # Errors
    /// If it cannot be read, or is no whole snapshot of a known format and such a generator.
    pub fn open_as<G: GeneratorSpec>(path: impl AsRef<Path>) -> Result<Snapshot<G>, SnapshotError> {
        Self::from_bytes_as(std::fs::read(path)?)
    }

    /// Checks `bytes`, the content of a snapshot file of a generator that `G` describes.
    ///
    /// # Errors
    /// If they are no whole snapshot of a known format and such a generator.
    pub fn from_bytes_as<G: GeneratorSpec>(bytes: Vec<u8>) -> Result<Snapshot<G>, SnapshotError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let file = WeightFile::parse(&bytes)?;
        let json = file.metadata(KEY).ok_or(SnapshotError::NoInfo(KEY))?;
        let Format { format } = serde_json::from_str(json)?;
        if format > FORMAT {
            return Err(SnapshotError::Newer { found: format, known: FORMAT });
        }
        let info: SnapshotInfo<G> = serde_json::from_str(json)?;
        // Counted before anything is built, so that a lying description allocates nothing.
        let found = file.parameter_count();
        match info.generator.parameter_count()? {
            Some(needed) if needed != found => Err(WeightsError::Count { found, needed }.into()),
            _ => Ok(Snapshot { info, bytes }),
        }
    }
}

impl<G: GeneratorSpec> Snapshot<G> {
    /// Takes the weights of `generator` off its device.
    pub fn new<N: Module>(info: SnapshotInfo<G>, generator: &N) -> Self {
        let bytes = content(&info, &named_weights(generator, ""));
        Self { info, bytes }
    }

    /// Takes the weights from `tensors`, under the names that they have in the generator's module.
    ///
    /// # Errors
    /// If their number is not the configuration's.
    pub fn from_tensors(
        info: &SnapshotInfo<G>,
        tensors: &NamedTensors,
    ) -> Result<Self, SnapshotError> {
        Snapshot::from_bytes_as(content(info, tensors))
    }

    /// What the snapshot says of itself.
    pub fn info(&self) -> &SnapshotInfo<G> {
        &self.info
    }

    /// Where whatever is made of it comes from, by the keywords that PNG, ONNX and other files
    /// carry: the snapshot's hash, that of the run's configuration, preset, data, seed and step.
    pub fn provenance(&self) -> Vec<(&'static str, String)> {
        let info = &self.info;
        let configuration = info.configuration_sha256.iter();
        let configuration = configuration.map(|hash| ("gan-configuration", hash.clone()));
        [("gan-snapshot", sha256(&self.bytes))]
            .into_iter()
            .chain(configuration)
            .chain([
                ("gan-preset", info.preset.clone()),
                ("gan-data", info.data.clone()),
                ("gan-run-seed", info.seed.to_string()),
                ("gan-step", info.step.to_string()),
            ])
            .collect()
    }

    /// The content of the file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the generator's latents come from.
    pub fn latent_space(&self) -> LatentSpace {
        self.info.generator.latent_space()
    }

    /// The generator, on `device`.
    ///
    /// # Errors
    /// If a tensor is missing, has the wrong shape, or holds a number that is not finite.
    pub fn generator(&self, device: &Device) -> Result<G::Network, SnapshotError> {
        self.info.generator.check()?;
        let blank = self.info.generator.init(Rng::new(0), device);
        Ok(load_weights(blank, &WeightFile::parse(&self.bytes)?, "")?)
    }
}

fn content<G: GeneratorSpec>(info: &SnapshotInfo<G>, tensors: &NamedTensors) -> Vec<u8> {
    let json = serde_json::to_string(info).expect("plain data is always JSON");
    write_weight_file(tensors, KEY, json)
}
