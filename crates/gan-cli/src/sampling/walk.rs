//! Walks from latent to latent or class to class, of several cells side by side.

use burn::tensor::Tensor;
use gan_model::{Sampler, one_hot};

use super::between::between;
use super::latents::Latents;
use crate::failure::Failure;

/// Frames of an animation; far beyond what anybody looks at.
const MAX_FRAMES: usize = 100_000;

/// Where a cell stops on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Number of its latent.
    pub latent: usize,
    /// Its class, of a class-conditional generator.
    pub class: Option<usize>,
}

/// The way of each cell, with equally many stops.
#[derive(Clone, Debug)]
pub struct Walk {
    /// For each cell, where it stops.
    pub cells: Vec<Vec<Stop>>,
    /// Whether they go back to where they began.
    pub is_loop: bool,
}

impl Walk {
    /// `cells` cells that walk through `count` latents: each through its own `stops` of them, or as
    /// many as there are for each. Where there are no more than cells, each walks through all, from
    /// its own on.
    ///
    /// # Errors
    /// If they cannot be shared out evenly, or a cell would stand still.
    pub fn through_latents(
        latents: &Latents,
        cells: usize,
        stops: Option<usize>,
        is_loop: bool,
    ) -> Result<Self, Failure> {
        let count = latents.len();
        let at = |latent| Stop { latent, class: None };
        let walks_through_all = stops.is_none() && count <= cells;
        if count < 2 || stops == Some(1) {
            let (_, which) = latents.origin();
            return Err(Failure::usage(format!(
                "one latent ({which}) has none to walk to: the animation would stand still"
            ))
            .hint("--seeds 0-7 walks through eight; `gan sample` draws one"));
        }
        let ways = if walks_through_all {
            let way = |cell| (0..count).map(|stop| at((cell + stop) % count)).collect();
            (0..cells).map(way).collect()
        } else {
            let stops = stops.unwrap_or(count / cells);
            if stops.checked_mul(cells) != Some(count) {
                return Err(Failure::usage(format!(
                    "{count} seeds are not {cells} cells × {stops} seeds"
                ))
                .hint(format!(
                    "give every cell as many, such as --seeds 0-{}",
                    cells * stops - 1
                )));
            }
            let way = |cell| (0..stops).map(|stop| at(cell * stops + stop)).collect();
            (0..cells).map(way).collect()
        };
        Ok(Self { cells: ways, is_loop })
    }

    /// `cells` cells that walk through `classes`, each with a latent of its own.
    pub fn through_classes(
        latents: &Latents,
        cells: usize,
        classes: &[usize],
        is_loop: bool,
    ) -> Self {
        let way = |cell: usize| {
            let latent = cell % latents.len();
            classes.iter().map(|&class| Stop { latent, class: Some(class) }).collect()
        };
        Self { cells: (0..cells).map(way).collect(), is_loop }
    }

    /// The same, all of each cell's way of the class that `class_of` gives its first latent.
    pub fn with_classes(mut self, class_of: impl Fn(usize) -> usize) -> Self {
        for way in &mut self.cells {
            let class = way.first().map(|stop| class_of(stop.latent));
            way.iter_mut().for_each(|stop| stop.class = class);
        }
        self
    }

    /// Ways from one stop to the next.
    pub fn legs(&self) -> usize {
        let stops = self.cells.first().map_or(0, Vec::len);
        if self.is_loop { stops } else { stops.saturating_sub(1) }
    }

    /// Frames of an animation with `frames` from one stop to the next.
    ///
    /// # Errors
    /// If they are more than anybody looks at.
    pub fn frame_count(&self, frames: usize) -> Result<usize, Failure> {
        let count = self.legs().saturating_mul(frames) + usize::from(!self.is_loop);
        match count <= MAX_FRAMES {
            true => Ok(count),
            false => Err(Failure::usage(format!(
                "the animation would have {count} frames; at most {MAX_FRAMES} are drawn"
            ))
            .hint("fewer --seeds or --frames, or more cells in the --grid")),
        }
    }

    /// The images of all cells, frame by frame: `[cells, channels, height, width]` each.
    pub fn images<'a>(
        &'a self,
        latents: &'a Latents,
        sampler: &'a Sampler,
        frames: usize,
        truncation: f32,
    ) -> impl Iterator<Item = Result<Tensor<4>, Failure>> + 'a {
        let places = (0..self.legs())
            .flat_map(move |leg| (0..frames).map(move |frame| (leg, frame)))
            .chain((!self.is_loop).then(|| (self.legs() - 1, frames)));
        let mut ends = None;
        places.map(move |(leg, frame)| {
            let (from, to) = match ends.take() {
                Some((of, from, to)) if of == leg => (from, to),
                _ => {
                    let stop = |index| self.stop(index, latents, sampler, truncation);
                    (stop(leg)?, stop(leg + 1)?)
                }
            };
            let images = drawn(&from, &to, frame as f32 / frames as f32, sampler);
            ends = Some((leg, from, to));
            Ok(images)
        })
    }

    /// All cells at their stop `index`.
    fn stop(
        &self,
        index: usize,
        latents: &Latents,
        sampler: &Sampler,
        truncation: f32,
    ) -> Result<Place, Failure> {
        let stops = self.cells.iter().map(|way| way[index % way.len()]);
        let indices: Vec<usize> = stops.clone().map(|stop| stop.latent).collect();
        let classes: Option<Vec<usize>> = stops.map(|stop| stop.class).collect();
        let classes = classes.zip(sampler.class_count());
        let picked = latents.pick(&indices, truncation, sampler);
        Ok(Place {
            latents: picked.map_err(|error| Failure::usage(error.to_string()))?,
            labels: classes.map(|(classes, count)| one_hot(&classes, count, sampler.device())),
        })
    }
}

/// What is drawn of all cells.
struct Place {
    latents: Tensor<2>,
    /// One-hot, of a class-conditional generator.
    labels: Option<Tensor<2>>,
}

fn drawn(from: &Place, to: &Place, fraction: f32, sampler: &Sampler) -> Tensor<4> {
    let distribution = sampler.latent_space().distribution;
    let latents = between(from.latents.clone(), to.latents.clone(), fraction, distribution);
    // An embedding is linear: what is between two labels is between two embeddings.
    let labels = from.labels.clone().zip(to.labels.clone());
    let labels = labels.map(|(from, to)| from * (1.0 - fraction) + to * fraction);
    sampler.generate(latents, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(walk: &Walk) -> Vec<Vec<usize>> {
        walk.cells.iter().map(|way| way.iter().map(|stop| stop.latent).collect()).collect()
    }

    #[test]
    fn cells_share_the_seeds_out_or_walk_through_all_from_their_own_on() {
        let seeds = |count| Latents::Seeds((0..count).collect());
        let walk = Walk::through_latents(&seeds(6), 2, None, true).unwrap();
        assert_eq!(ways(&walk), [[0, 1, 2], [3, 4, 5]]);
        let walk = Walk::through_latents(&seeds(3), 3, None, true).unwrap();
        assert_eq!(ways(&walk), [[0, 1, 2], [1, 2, 0], [2, 0, 1]]);
        assert_eq!(walk.frame_count(5).unwrap(), 15);
        let open = Walk { is_loop: false, ..walk };
        assert_eq!(open.frame_count(5).unwrap(), 11);
        assert!(Walk::through_latents(&seeds(7), 2, None, true).is_err());
        assert!(Walk::through_latents(&seeds(1), 2, None, true).is_err());
        assert!(open.frame_count(100_000).is_err());
    }
}
