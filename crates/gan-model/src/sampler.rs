//! Sampling: from seeds to images.
//!
//! ```text
//! seed ─ latent · truncation ─┐
//!                             ├─ generator ─ image
//! class, or seed mod classes ─┘
//! ```

use burn::tensor::{Device, Tensor};

use crate::conditioning::one_hot;
use crate::error::{SampleError, SnapshotError};
use crate::latents::LatentSpace;
use crate::networks::{Generate, Generator, GeneratorSpec};
use crate::snapshot::Snapshot;

/// Images generated at a time: enough to keep a device busy, little enough for its memory.
const BATCH: usize = 256;
/// Numbers of all images that are generated at a time, where one is large: so many of 64 × 64 in colour.
const BATCH_VALUES: usize = BATCH * 3 * 64 * 64;

/// A generator, on a device, that images are drawn from by seed.
#[derive(Clone, Debug)]
pub struct Sampler<G = Generator> {
    generator: G,
    latent_space: LatentSpace,
    classes: Option<usize>,
    device: Device,
    /// Images generated at a time.
    batch: usize,
}

/// Which images to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleRequest {
    /// One for each image. A seed is the same image whichever other seeds are drawn.
    pub seeds: Vec<u64>,
    /// The class of each image, of a class-conditional generator; `None` for seed modulo classes.
    pub classes: Option<Vec<usize>>,
    /// What latents are multiplied with: 1 leaves them as they are, less trades variety for typical
    /// images.
    pub truncation: f32,
}

impl SampleRequest {
    /// The images of `seeds`, as they are.
    pub fn seeds(seeds: impl IntoIterator<Item = u64>) -> Self {
        Self { seeds: seeds.into_iter().collect(), classes: None, truncation: 1.0 }
    }

    /// The same of these classes, one for each seed.
    pub fn with_classes(self, classes: Vec<usize>) -> Self {
        Self { classes: Some(classes), ..self }
    }
}

impl<G: Generate> Sampler<G> {
    /// The generator in `snapshot`, on `device`.
    ///
    /// # Errors
    /// If a tensor is missing, has the wrong shape, or holds a number that is not finite.
    pub fn from_snapshot<S: GeneratorSpec<Network = G>>(
        snapshot: &Snapshot<S>,
        device: &Device,
    ) -> Result<Self, SnapshotError> {
        Ok(Self::new(snapshot.generator(device)?, &snapshot.info().generator, device))
    }

    /// `generator`, which is made by `config` and on `device`, without autodiff.
    pub fn new<S: GeneratorSpec<Network = G>>(generator: G, config: &S, device: &Device) -> Self {
        let values = config.image_shape().iter().product::<usize>().max(1);
        let batch = (BATCH_VALUES / values).clamp(1, BATCH);
        Self { batch, ..Self::of(generator, config.latent_space(), config.classes(), device) }
    }

    /// A generator without a description, on `device`, without autodiff; `classes` if it is class-conditional.
    pub fn of(
        generator: G,
        latent_space: LatentSpace,
        classes: Option<usize>,
        device: &Device,
    ) -> Self {
        Self { generator, latent_space, classes, device: device.clone(), batch: BATCH }
    }

    /// The images, `[seeds, channels, height, width]`.
    ///
    /// # Errors
    /// If there are no seeds, or classes that the generator does not know.
    pub fn images(&self, request: &SampleRequest) -> Result<Tensor<4>, SampleError> {
        Ok(self.generate(self.latents(request)?, self.labels(request)?))
    }

    /// The latents, `[seeds, latent_dim]`.
    ///
    /// # Errors
    /// If there are no seeds, or truncation is not finite.
    pub fn latents(&self, request: &SampleRequest) -> Result<Tensor<2>, SampleError> {
        if request.seeds.is_empty() {
            return Err(SampleError::NoSeeds);
        }
        if !request.truncation.is_finite() {
            return Err(SampleError::Truncation(request.truncation));
        }
        let latents = self.latent_space.for_seeds(&request.seeds, &self.device);
        Ok(latents.mul_scalar(request.truncation))
    }

    /// The class of each image; `None` for an unconditional generator.
    ///
    /// # Errors
    /// If the generator does not know a class, or there is not one for each seed.
    pub fn classes(&self, request: &SampleRequest) -> Result<Option<Vec<usize>>, SampleError> {
        let SampleRequest { seeds, classes: wanted, .. } = request;
        match (self.classes, wanted) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(SampleError::Unconditional),
            (Some(classes), None) => {
                Ok(Some(seeds.iter().map(|seed| (seed % classes as u64) as usize).collect()))
            }
            (Some(_), Some(wanted)) if wanted.len() != seeds.len() => {
                Err(SampleError::ClassCount { seeds: seeds.len(), classes: wanted.len() })
            }
            (Some(classes), Some(wanted)) => match wanted.iter().find(|&&class| class >= classes) {
                Some(&class) => Err(SampleError::Class { class, classes }),
                None => Ok(Some(wanted.clone())),
            },
        }
    }

    /// The classes one-hot, `[seeds, classes]`; `None` for an unconditional generator.
    ///
    /// # Errors
    /// As of [`Sampler::classes`].
    pub fn labels(&self, request: &SampleRequest) -> Result<Option<Tensor<2>>, SampleError> {
        let labels = self.classes(request)?;
        Ok(labels
            .zip(self.classes)
            .map(|(labels, classes)| one_hot(&labels, classes, &self.device)))
    }

    /// Images of any latents, `[batch, latent_dim]`, and one-hot labels, `[batch, classes]`; in
    /// pieces that fit a device's memory.
    pub fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4> {
        let [batch, _] = latents.dims();
        if batch <= self.batch {
            return self.generator.generate(latents, labels);
        }
        let mut labels = labels.map(|labels| labels.split(self.batch, 0).into_iter());
        let pieces = latents.split(self.batch, 0).into_iter().map(|latents| {
            let labels = labels.as_mut().and_then(Iterator::next);
            self.generator.generate(latents, labels)
        });
        Tensor::cat(pieces.collect(), 0)
    }

    /// Where the latents come from.
    pub fn latent_space(&self) -> LatentSpace {
        self.latent_space
    }

    /// Classes that it knows, if it is class-conditional.
    pub fn class_count(&self) -> Option<usize> {
        self.classes
    }

    /// What it computes on.
    pub fn device(&self) -> &Device {
        &self.device
    }
}
