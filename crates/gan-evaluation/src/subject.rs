//! Whose images are measured.

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_model::{Generate, SampleError, SampleRequest, Sampler, Snapshot};
use gan_run::RunDir;

use crate::error::EvaluationError;

/// Whose images are measured.
pub enum Subject {
    /// A generator, the library's or your own.
    Generator(Box<GeneratorSubject>),
    /// Images made by any tool.
    Images(ImageSet),
}

/// A generator that images are drawn from, and the file that it is from, if there is one.
pub struct GeneratorSubject {
    name: String,
    file: Option<(PathBuf, Snapshot)>,
    classes: Option<usize>,
    draw: Box<Draw>,
}

type Draw = dyn Fn(&SampleRequest) -> Result<Tensor<4>, SampleError> + Send + Sync;

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
            Ok(sampler) => {
                let drawn = GeneratorSubject::new(path.display().to_string(), sampler);
                Ok(Self::Generator(Box::new(GeneratorSubject {
                    file: Some((path, snapshot)),
                    ..drawn
                })))
            }
            Err(source) => Err(EvaluationError::Snapshot { path, source }),
        }
    }

    /// The generator of `sampler`, which may be one of your own, under the name that it has in a table.
    pub fn sampler<G>(name: impl Into<String>, sampler: Sampler<G>) -> Self
    where
        G: Generate + Send + Sync + 'static,
    {
        Self::Generator(Box::new(GeneratorSubject::new(name.into(), sampler)))
    }

    /// What it is called in a table.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Generator(drawn) => &drawn.name,
            Self::Images(images) => images.name(),
        }
    }

    /// The snapshot and its file, if it is one.
    #[must_use]
    pub fn as_snapshot(&self) -> Option<(&Path, &Snapshot)> {
        match self {
            Self::Generator(drawn) => drawn.file.as_ref().map(|(path, it)| (path.as_path(), it)),
            Self::Images(_) => None,
        }
    }

    /// The run that the snapshot is of, if it lies in a run folder.
    #[must_use]
    pub fn run_folder(&self) -> Option<RunDir> {
        RunDir::holding(self.as_snapshot()?.0)
    }

    /// How many classes its generator draws on demand, if it is one that does.
    pub(crate) fn classes(&self) -> Option<usize> {
        match self {
            Self::Generator(drawn) => drawn.classes,
            Self::Images(_) => None,
        }
    }
}

impl GeneratorSubject {
    fn new<G: Generate + Send + Sync + 'static>(name: String, sampler: Sampler<G>) -> Self {
        let classes = sampler.class_count();
        Self { name, file: None, classes, draw: Box::new(move |request| sampler.images(request)) }
    }

    /// The images of `seeds`, of `classes` where those are given.
    pub(crate) fn images(
        &self,
        seeds: impl Iterator<Item = u64>,
        classes: Option<Vec<usize>>,
    ) -> Result<Tensor<4>, EvaluationError> {
        Ok((self.draw)(&SampleRequest { classes, ..SampleRequest::seeds(seeds) })?)
    }
}

#[cfg(test)]
mod tests {
    use burn::module::Module;
    use burn::tensor::{Device, Tensor};
    use gan_data::ImageSet;
    use gan_metrics::Sizes;
    use gan_model::{Generate, LatentDistribution, LatentSpace, SampleRequest, Sampler};

    use super::Subject;
    use crate::{EvaluationSettings, Evaluator, ExtractorChoice, FeatureCache};

    #[derive(Module, Debug)]
    struct Own;

    impl Generate for Own {
        fn generate(&self, latents: Tensor<2>, _: Option<Tensor<2>>) -> Tensor<4> {
            let [batch, _] = latents.dims();
            latents.reshape([batch, 1, 4, 4])
        }
    }

    #[test]
    fn a_generator_of_ones_own_is_measured_by_the_images_of_its_seeds() {
        let device = Device::flex();
        let space = LatentSpace { dim: 16, distribution: LatentDistribution::Uniform };
        let sampler = Sampler::of(Own, space, None, &device);
        let expected = sampler.images(&SampleRequest::seeds(7..12)).unwrap();
        let bytes = (0..16 * 40_u32).map(|i| (i * i % 251) as u8).collect();
        let real = ImageSet::new("real", [1, 4, 4], bytes, None).unwrap();
        let extractor = ExtractorChoice::named("pixels").open(&real, &device).unwrap();
        let settings = EvaluationSettings { samples: 5, seed: 7, sizes: Sizes::MayDiffer };
        let evaluator =
            Evaluator::new(extractor, device, settings, &real, FeatureCache::new(None)).unwrap();
        let subject = Subject::sampler("own", sampler);
        let drawn = evaluator.images(&subject, 0, 100).unwrap();
        assert_eq!(drawn.into_data(), expected.into_data());
    }
}
