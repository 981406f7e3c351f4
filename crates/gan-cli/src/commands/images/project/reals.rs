//! Real images that are searched for as well, to compare with.

use burn::tensor::TensorData;
use gan_data::ImageSet;
use gan_evaluation::FeatureCache;
use gan_model::Snapshot;
use gan_run::RunDir;
use gan_weights::{NamedTensors, sha256};

use crate::VERSION;
use crate::failure::Failure;
use crate::flags::ProjectArgs;
use crate::sampling::projection::{Projector, Search};
use crate::{measuring, source};

const PIXEL: &str = "pixel_distances";
const FEATURE: &str = "feature_distances";

/// Mean distances of what was found.
pub struct Distances {
    /// Of how many of which images.
    pub what: String,
    pub pixel: f64,
    pub feature: f64,
}

/// Some images of a set. What a search finds of them is the same every time, and kept in the cache.
pub struct Reals {
    set: ImageSet,
    indices: Vec<u32>,
    cache: FeatureCache,
    key: String,
    known: Option<NamedTensors>,
}

/// Real images to compare with, if any are wanted and there.
///
/// # Errors
/// If they cannot be opened.
pub fn open(args: &ProjectArgs, run: Option<&RunDir>) -> Result<Option<ImageSet>, Failure> {
    match (&args.real, run, args.reals) {
        (_, _, 0) => Ok(None),
        (Some(path), _, _) => Ok(Some(source::open_data(Some(path))?)),
        (None, Some(run), _) => Ok(Some(source::data_of_run(run)?)),
        (None, None, _) => Ok(None),
    }
}

impl Reals {
    /// As many of `set` as `args` say, and what is known of them.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn new(
        set: ImageSet,
        args: &ProjectArgs,
        snapshot: &Snapshot,
        projector: &Projector,
    ) -> Result<Self, Failure> {
        let count = usize::from(args.reals).min(set.len());
        // Spread over the set: its order may be that of classes.
        let indices: Vec<u32> = (0..count).map(|i| (i * set.len() / count) as u32).collect();
        // Everything that the distances follow from.
        let how = format!(
            "project {VERSION} {} {} {} starts {} steps {} class {:?} shape {:?}",
            args.drawing.backend.name(),
            sha256(snapshot.as_bytes()),
            projector.extractor_hash(),
            args.starts,
            args.steps,
            args.class,
            set.shape()
        );
        let mut decides = how.into_bytes();
        for &index in &indices {
            decides.extend_from_slice(&set.image(index as usize)?);
        }
        let (cache, key) = (measuring::feature_cache(), sha256(&decides));
        let known = cache.load(&key, &[PIXEL, FEATURE].map(|name| (name, [count, 1])));
        Ok(Self { set, indices, cache, key, known })
    }

    /// Whether they were searched for in this way before.
    pub fn are_known(&self) -> bool {
        self.known.is_some()
    }

    /// The mean distances of what is found for them.
    ///
    /// # Errors
    /// If the images cannot be read, or are none for the extractor.
    pub fn distances(
        self,
        projector: &Projector,
        search: &Search,
        advance: impl Fn(),
    ) -> Result<Distances, Failure> {
        let what = format!("mean of {} of {}", self.indices.len(), self.set.name());
        let tensors = match self.known {
            Some(known) => known,
            None => {
                let images = self.set.batch(&self.indices, projector.plain.device())?;
                // What is drawn on the way is not shown.
                let search = Search { keep_every: search.steps, ..*search };
                let found = projector.search(&images, &search, advance)?;
                let column = |values: &[f64]| {
                    let values: Vec<f32> = values.iter().map(|&value| value as f32).collect();
                    let count = values.len();
                    TensorData::new(values, [count, 1])
                };
                let tensors = NamedTensors::from([
                    (PIXEL.to_owned(), column(&found.pixel_distances)),
                    (FEATURE.to_owned(), column(&found.feature_distances)),
                ]);
                self.cache.store(&self.key, &tensors);
                tensors
            }
        };
        let mean = |name: &str| {
            let values = tensors[name].iter::<f64>();
            values.sum::<f64>() / self.indices.len() as f64
        };
        Ok(Distances { what, pixel: mean(PIXEL), feature: mean(FEATURE) })
    }
}
