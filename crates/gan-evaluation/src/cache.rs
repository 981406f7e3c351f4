//! Features of real images, and what else is found of them, kept in a folder: they are the same every time.

use std::path::PathBuf;

use burn::tensor::TensorData;
use gan_run::write_file;
use gan_weights::{NamedTensors, WeightFile, sha256, write_weight_file};

const KEY: &str = "gan-features";

/// Rows of values, named by what they were computed from.
#[derive(Clone, Debug)]
pub struct FeatureCache {
    folder: Option<PathBuf>,
}

impl FeatureCache {
    /// In `folder`; without one everything is computed anew.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The tensors under `key` if they are there, whole, and of `shapes`. What is damaged is not
    /// trusted: it is computed and written anew.
    #[must_use]
    pub fn load(&self, key: &str, shapes: &[(&str, [usize; 2])]) -> Option<NamedTensors> {
        let bytes = std::fs::read(self.file(key)?).ok()?;
        let file = WeightFile::parse(&bytes).ok()?;
        let mut tensors = NamedTensors::new();
        for (name, shape) in shapes {
            tensors.insert((*name).to_owned(), file.tensor(name, shape).ok()?);
        }
        (file.metadata(KEY)? == digest(&tensors)).then_some(tensors)
    }

    /// Keeps `tensors` under `key`. A cache that cannot be written is no failure: the features are
    /// here, and the next time they are computed again.
    pub fn store(&self, key: &str, tensors: &NamedTensors) {
        let Some(path) = self.file(key) else { return };
        let folder = path.parent().expect("a file in the cache folder");
        if std::fs::create_dir_all(folder).is_ok() {
            let _ = write_file(&path, &write_weight_file(tensors, KEY, digest(tensors)));
        }
    }

    fn file(&self, key: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{key}.safetensors")))
    }
}

fn digest(tensors: &NamedTensors) -> String {
    let all: Vec<u8> = tensors.values().flat_map(TensorData::as_bytes).copied().collect();
    sha256(&all)
}
