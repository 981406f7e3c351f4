//! From pictures to latents: the latent whose picture is nearest to a given one.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use gan_metrics::{Extractor, ExtractorError};
use gan_model::{LatentDistribution, LatentSpace, SampleRequest, Sampler, Snapshot, one_hot};

use crate::failure::{Failure, bad_snapshot};

/// Seeds among which the nearest are where the search starts.
const CANDIDATES: u64 = 512;
/// The largest step, in coordinates of a latent; it falls to 0 along half a cosine.
const LEARNING_RATE: f64 = 0.1;
/// Moments of Adam (Kingma and Ba 2015).
const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;
/// Standard deviations beyond the mean length that normal latents may have: 1 of 1000 is longer.
const LENGTH_STDS: f64 = 3.0;

/// How to search.
pub struct Search {
    /// Latents to start from, for each picture.
    pub starts: usize,
    /// Steps from each.
    pub steps: usize,
    /// The class to draw, of a class-conditional generator; those of the nearest seeds otherwise.
    pub class: Option<usize>,
    /// How often the latents on the way are kept: after so many steps.
    pub keep_every: usize,
}

/// What was found for each picture.
pub struct Found {
    /// `[pictures, dim]`.
    pub latents: Tensor<2>,
    /// Of a class-conditional generator.
    pub classes: Option<Vec<usize>>,
    /// Root of the mean squared difference of the pixels, which are in `[0, 1]`.
    pub pixel_distances: Vec<f64>,
    /// Distance of the features.
    pub feature_distances: Vec<f64>,
    /// The latents on the way, `[pictures, dim]` each.
    pub way: Vec<Tensor<2>>,
}

/// A generator that gradients are taken through, and the features that pictures are compared by.
pub struct Projector {
    /// Without gradients, for everything else.
    pub plain: Sampler,
    generator: Sampler,
    extractor: Extractor,
    space: LatentSpace,
}

/// Distances of pairs of pictures, `[pairs]`: squared, of pixels and of features.
struct Distances {
    pixel: Tensor<1>,
    feature: Tensor<1>,
}

impl Projector {
    /// The generator in `snapshot`, and an extractor that `open` makes on a device.
    ///
    /// # Errors
    /// If one of them is damaged.
    pub fn new(
        snapshot: &Snapshot,
        file: &std::path::Path,
        device: &Device,
        open: impl FnOnce(&Device) -> Result<Extractor, Failure>,
    ) -> Result<Self, Failure> {
        let with_gradients = device.clone().autodiff();
        let damaged = |error| bad_snapshot(file, &error);
        // Frozen: batch norm goes by the statistics that it kept.
        let generator = snapshot.generator(&with_gradients).map_err(damaged)?.freeze();
        let config = &snapshot.info().generator;
        Ok(Self {
            plain: Sampler::from_snapshot(snapshot, device).map_err(damaged)?,
            generator: Sampler::new(generator, config, &with_gradients),
            extractor: open(&with_gradients)?,
            space: config.latent_space(),
        })
    }

    /// A hash of what pictures are compared by.
    pub fn extractor_hash(&self) -> &str {
        self.extractor.hash()
    }

    /// Searches for all of `targets`, `[pictures, channels, height, width]`; `advance` is told of
    /// every step.
    ///
    /// # Errors
    /// If the extractor does not take such pictures.
    pub fn search(
        &self,
        targets: &Tensor<4>,
        search: &Search,
        advance: impl Fn(),
    ) -> Result<Found, ExtractorError> {
        let [pictures, ..] = targets.dims();
        let (seeds, scale) = self.nearest_seeds(targets, search)?;
        let [rows, dim] = [pictures * search.starts, self.space.dim];
        let request = SampleRequest::seeds(seeds.iter().copied());
        let mut latents = self.plain.latents(&request).expect("there are seeds");
        let classes = self.plain.class_count().map(|count| self.classes(&seeds, count, search));
        let labels = self.labels(classes.as_deref());
        let indices: Vec<usize> = (0..rows).map(|row| row / search.starts).collect();
        let (goal, goal_features) = self.goal(targets, &indices)?;

        let mut mean = Tensor::<2>::zeros([rows, dim], self.plain.device());
        let mut square = mean.clone();
        let mut kept = vec![latents.clone()];
        for step in 1..=search.steps {
            let inputs = Tensor::from_inner(latents.clone()).require_grad();
            let images = self.generator.generate(inputs.clone(), labels.clone());
            let Distances { pixel, feature } = self.distances(images, &goal, &goal_features)?;
            let loss = (pixel / scale[0] + feature / scale[1]).sum();
            let gradients = loss.backward();
            let Some(gradient) = inputs.grad(&gradients) else { break };
            mean = mean * BETA_1 + gradient.clone() * (1.0 - BETA_1);
            square = square * BETA_2 + gradient.powi_scalar(2) * (1.0 - BETA_2);
            let along = step as f64 / search.steps as f64;
            let rate = LEARNING_RATE * 0.5 * (1.0 + (std::f64::consts::PI * along).cos());
            let size = (square.clone() / (1.0 - BETA_2.powi(step as i32))).sqrt() + EPSILON;
            let moved = mean.clone() / (1.0 - BETA_1.powi(step as i32)) / size * rate;
            latents = self.within(latents - moved);
            if step % search.keep_every == 0 || step == search.steps {
                kept.push(latents.clone());
            }
            advance();
        }

        let images = self.generator.generate(Tensor::from_inner(latents.clone()), labels);
        let Distances { pixel, feature } = self.distances(images, &goal, &goal_features)?;
        let (pixel, feature) = (values(pixel), values(feature));
        let loss = |row: usize| pixel[row] / scale[0] + feature[row] / scale[1];
        let best: Vec<usize> = (0..pictures)
            .map(|picture| {
                let rows = picture * search.starts..(picture + 1) * search.starts;
                rows.min_by(|&a, &b| loss(a).total_cmp(&loss(b))).expect("at least one start")
            })
            .collect();
        Ok(Found {
            latents: picked(&latents, &best),
            classes: classes.map(|classes| best.iter().map(|&row| classes[row]).collect()),
            pixel_distances: best.iter().map(|&row| pixel[row].sqrt()).collect(),
            feature_distances: best.iter().map(|&row| feature[row].sqrt()).collect(),
            way: kept.iter().map(|latents| picked(latents, &best)).collect(),
        })
    }

    /// The images of what was found, or of latents on the way to it.
    pub fn images(&self, latents: Tensor<2>, classes: Option<&[usize]>) -> Tensor<4> {
        let labels = classes.zip(self.plain.class_count());
        let labels = labels.map(|(classes, count)| one_hot(classes, count, self.plain.device()));
        self.plain.generate(latents, labels)
    }

    /// For each of `targets` the seeds whose pictures are nearest to it; and the mean distances, by
    /// which pixels and features weigh the same.
    fn nearest_seeds(
        &self,
        targets: &Tensor<4>,
        search: &Search,
    ) -> Result<(Vec<u64>, [f64; 2]), ExtractorError> {
        let seeds: Vec<u64> = (0..CANDIDATES).collect();
        let latents = self.plain.latents(&SampleRequest::seeds(seeds.iter().copied()));
        let latents = latents.expect("there are seeds");
        let classes = self.plain.class_count().map(|count| self.classes(&seeds, count, search));
        let candidates = self.images(latents, classes.as_deref());
        let mut all = Vec::new();
        for picture in 0..targets.dims()[0] {
            let indices = vec![picture; seeds.len()];
            let (goal, features) = self.goal(targets, &indices)?;
            let images = Tensor::from_inner(candidates.clone());
            let Distances { pixel, feature } = self.distances(images, &goal, &features)?;
            all.push([values(pixel), values(feature)]);
        }
        let scale = [0, 1].map(|which| {
            let distances = all.iter().flat_map(|both| &both[which]);
            (distances.sum::<f64>() / (all.len() * seeds.len()) as f64).max(f64::MIN_POSITIVE)
        });
        let mut nearest = Vec::new();
        for [pixel, feature] in &all {
            let loss = |seed: &u64| {
                let seed = *seed as usize;
                pixel[seed] / scale[0] + feature[seed] / scale[1]
            };
            let mut order = seeds.clone();
            order.sort_by(|a, b| loss(a).total_cmp(&loss(b)));
            nearest.extend_from_slice(&order[..search.starts]);
        }
        Ok((nearest, scale))
    }

    fn classes(&self, seeds: &[u64], count: usize, search: &Search) -> Vec<usize> {
        let class = |&seed: &u64| search.class.unwrap_or((seed % count as u64) as usize);
        seeds.iter().map(class).collect()
    }

    fn labels(&self, classes: Option<&[usize]>) -> Option<Tensor<2>> {
        let labels = classes.zip(self.plain.class_count());
        labels.map(|(classes, count)| {
            Tensor::from_inner(one_hot(classes, count, self.plain.device()))
        })
    }

    /// The targets `indices` and their features.
    fn goal(
        &self,
        targets: &Tensor<4>,
        indices: &[usize],
    ) -> Result<(Tensor<4>, Tensor<2>), ExtractorError> {
        let rows = indices.iter().map(|&index| targets.clone().narrow(0, index, 1)).collect();
        let goal = Tensor::from_inner(Tensor::cat(rows, 0));
        let features = self.extractor.outputs(goal.clone())?.features;
        Ok((goal, features.detach()))
    }

    fn distances(
        &self,
        images: Tensor<4>,
        goal: &Tensor<4>,
        goal_features: &Tensor<2>,
    ) -> Result<Distances, ExtractorError> {
        let features = self.extractor.outputs(images.clone())?.features;
        let pixel = (images - goal.clone()).powi_scalar(2).flatten::<2>(1, 3).mean_dim(1);
        let feature = (features - goal_features.clone()).powi_scalar(2).sum_dim(1);
        Ok(Distances { pixel: pixel.flatten(0, 1), feature: feature.flatten(0, 1) })
    }

    /// Where latents of this distribution are.
    fn within(&self, latents: Tensor<2>) -> Tensor<2> {
        match self.space.distribution {
            LatentDistribution::Uniform => latents.clamp(-1.0, 1.0),
            LatentDistribution::Normal => {
                // The length is √dim on average, with a standard deviation of nearly √½.
                let longest = (self.space.dim as f64).sqrt() + LENGTH_STDS / 2.0_f64.sqrt();
                let length = latents.clone().powi_scalar(2).sum_dim(1).sqrt();
                latents / (length / longest).clamp_min(1.0)
            }
        }
    }
}

fn picked(latents: &Tensor<2>, rows: &[usize]) -> Tensor<2> {
    let rows = rows.iter().map(|&row| latents.clone().narrow(0, row, 1));
    Tensor::cat(rows.collect(), 0)
}

fn values(tensor: Tensor<1>) -> Vec<f64> {
    tensor.inner().into_data().iter::<f64>().collect()
}
