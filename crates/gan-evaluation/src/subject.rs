//! Whose images are measured.

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_model::{GeneratorConfig, SampleRequest, Sampler, Snapshot};
use gan_run::RunDir;

use crate::error::EvaluationError;

/// Whose images are measured.
pub enum Subject {
    /// A generator on file.
    Snapshot(Box<SnapshotFile>),
    /// Images made by any tool.
    Images(ImageSet),
}

/// A snapshot and where it is.
pub struct SnapshotFile {
    path: PathBuf,
    snapshot: Snapshot,
    sampler: Sampler,
}

impl Subject {
    /// The generator in `snapshot`, which is in the file `path`, on `device`.
    ///
    /// # Errors
    /// If the snapshot is damaged.
    pub fn snapshot(
        path: PathBuf,
        snapshot: Snapshot,
        device: &Device,
    ) -> Result<Self, EvaluationError> {
        match Sampler::from_snapshot(&snapshot, device) {
            Ok(sampler) => Ok(Self::Snapshot(Box::new(SnapshotFile { path, snapshot, sampler }))),
            Err(source) => Err(EvaluationError::Snapshot { path, source }),
        }
    }

    /// What it is called in a table.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Snapshot(file) => file.path.display().to_string(),
            Self::Images(images) => images.name().to_owned(),
        }
    }

    /// The snapshot and its file, if it is one.
    #[must_use]
    pub fn as_snapshot(&self) -> Option<(&Path, &Snapshot)> {
        match self {
            Self::Snapshot(file) => Some((&file.path, &file.snapshot)),
            Self::Images(_) => None,
        }
    }

    /// The run that the snapshot is of, if it lies in a run folder.
    #[must_use]
    pub fn run_folder(&self) -> Option<RunDir> {
        RunDir::holding(self.as_snapshot()?.0)
    }

    pub(crate) fn generator_config(&self) -> Option<&GeneratorConfig> {
        Some(&self.as_snapshot()?.1.info().generator)
    }
}

impl SnapshotFile {
    pub(crate) fn config(&self) -> &GeneratorConfig {
        &self.snapshot.info().generator
    }

    /// The images of `seeds`, of `classes` where those are given.
    pub(crate) fn images(
        &self,
        seeds: impl Iterator<Item = u64>,
        classes: Option<Vec<usize>>,
    ) -> Result<Tensor<4>, EvaluationError> {
        let request = SampleRequest { classes, ..SampleRequest::seeds(seeds) };
        Ok(self.sampler.images(&request)?)
    }
}
