//! Runs on points of the plane: the discriminator's field, the generator's points, and the image of a grid
//! of latents, as GAN Lab (Kahng et al. 2019) shows them.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use gan_data::{ImageSet, synth};
use gan_model::{Discriminate, LatentDistribution};
use gan_random::{Rng, Stream};

use crate::{Lab, LabError};

/// As many as `gan data synth` makes where nobody asks for another number.
const POINTS: usize = 100_000;
/// Points of a drawing lie so far from where the pen was: one standard deviation, in a plane from −1 to 1.
const PEN: f32 = 0.02;

/// Where a picture of the plane ends: left, bottom, right, top.
pub type Corners = [f32; 4];

/// The set `ring` or `grid`, the same as `gan data synth` writes with seed 0.
///
/// # Errors
/// If there is no such set.
pub fn synthetic_points(name: &str) -> Result<ImageSet, LabError> {
    let points = synth::points(name, POINTS, Rng::new(0))?;
    points.ok_or_else(|| LabError::NoPoints(name.to_owned()))
}

/// Points around where a pen was, `x, y` after `x, y`.
///
/// # Errors
/// If it was nowhere.
pub fn drawn_points(strokes: &[f32]) -> Result<ImageSet, LabError> {
    let (places, _) = strokes.as_chunks::<2>();
    let rng = Rng::new(0);
    let offsets = rng.normal(Stream::Synthetic, 1, 2 * POINTS);
    let (offsets, _) = offsets.as_chunks::<2>();
    let around = |(place, offset): (&[f32; 2], &[f32; 2])| {
        [place[0] + PEN * offset[0], place[1] + PEN * offset[1]]
    };
    let points: Vec<[f32; 2]> = places.iter().cycle().zip(offsets).map(around).collect();
    Ok(ImageSet::of_points("drawn", &points)?)
}

impl Lab {
    /// Whether it trains on points.
    pub fn is_of_points(&self) -> bool {
        self.trainer.data().is_points()
    }

    /// Real points to look at, `x, y` after `x, y`.
    ///
    /// # Errors
    /// If they cannot be read any more.
    pub fn real_points(&self) -> Result<Vec<f32>, LabError> {
        Ok(values(self.trainer.reals()?))
    }

    /// As many generated ones, of the seeds from 0 on.
    pub fn fake_points(&self) -> Vec<f32> {
        values(self.trainer.samples())
    }

    /// The discriminator's logits at the middles of `side` × `side` cells, row by row from the top.
    pub fn field(&self, corners: Corners, side: usize) -> Vec<f32> {
        let [left, bottom, right, top] = corners;
        let middle = |cell: usize| (cell as f32 + 0.5) / side as f32;
        let cells = (0..side * side).flat_map(|cell| {
            let (row, column) = (cell / side, cell % side);
            [left + middle(column) * (right - left), top - middle(row) * (top - bottom)]
        });
        let cells = TensorData::new(cells.collect::<Vec<f32>>(), [side * side, 2, 1, 1]);
        let discriminator = self.trainer.gan().discriminator.valid();
        let logits = discriminator.logits(Tensor::from_data(cells, &Device::flex()), None);
        logits.into_data().try_into_vec::<f32>().expect("logits are f32")
    }

    /// Where the generator takes a grid of `side` × `side` latents, row by row: of their first two
    /// coordinates, the others are 0. Where latents have two, that is all that it can draw.
    ///
    /// # Errors
    /// Never for a valid generator.
    pub fn manifold(&self, side: usize) -> Result<Vec<f32>, LabError> {
        let explorer = self.explorer();
        let space = self.trainer.config().generator.latent_space();
        let reach = match space.distribution {
            LatentDistribution::Uniform => 1.0,
            // 95 % of a normal coordinate.
            LatentDistribution::Normal => 2.0,
        };
        let along = |at: usize| reach * (2.0 * at as f32 / (side - 1) as f32 - 1.0);
        let mut latents = vec![0.0; side * side * space.dim];
        for (at, latent) in latents.chunks_exact_mut(space.dim).enumerate() {
            for (value, at) in latent.iter_mut().zip([at % side, at / side]) {
                *value = along(at);
            }
        }
        Ok(values(explorer.images(&latents)?))
    }
}

/// A square around `points`, with a margin.
pub fn corners_of(points: &ImageSet) -> Corners {
    let points = points.points().unwrap_or_default();
    let ends = |axis: usize| {
        let values = points.iter().map(|point| point[axis]);
        values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let [(left, right), (bottom, top)] = [ends(0), ends(1)];
    let half = 0.625 * (right - left).max(top - bottom).max(0.1);
    let (x, y) = ((left + right) / 2.0, (bottom + top) / 2.0);
    [x - half, y - half, x + half, y + half]
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().try_into_vec::<f32>().expect("points are f32")
}
