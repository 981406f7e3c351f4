//! What a run's data and samples look like: grids of images, or scatter pictures of points.

use std::path::Path;

use burn::tensor::Tensor;
use gan_data::DataError;
use gan_data::picture::{Frame, Layer, Picture, grid, scatter};
use gan_run::RunDir;
use gan_training::RunView;

use crate::failure::Failure;
use crate::{source, terminal};

/// Columns of the grid of fixed latents.
pub const COLUMNS: usize = 4;
/// Grids are enlarged to at least so many pixels: 112 are too few to see on a large screen.
const GRID_PIXELS: usize = 336;

/// Real points below the generated ones: more would be one grey patch.
const MAX_REAL_POINTS: usize = 5_000;

const GREY: [u8; 3] = [175, 175, 175];
const BLUE: [u8; 3] = [20, 90, 200];

/// Real images, or points in grey.
///
/// # Errors
/// If they cannot be read any more.
pub fn of_reals(run: &dyn RunView) -> Result<Picture, DataError> {
    let reals = run.reals()?;
    Ok(match run.data().is_points() {
        true => {
            let reals = points(reals);
            scatter(&[Layer { points: &reals, colour: GREY }], Frame::around(&reals))
        }
        false => grid(reals, COLUMNS),
    })
}

/// Generated images, or points in blue on the real ones.
///
/// # Errors
/// If the real ones cannot be read any more.
pub fn of_samples(run: &dyn RunView) -> Result<Picture, DataError> {
    let samples = run.samples();
    Ok(match run.data().is_points() {
        true => {
            let (reals, fakes) = (points(run.reals()?), points(samples));
            let layers =
                [Layer { points: &reals, colour: GREY }, Layer { points: &fakes, colour: BLUE }];
            scatter(&layers, Frame::around(&reals))
        }
        false => grid(samples, COLUMNS),
    })
}

/// Points in blue on the real ones, or alone; all of them in the picture.
pub fn of_points(fakes: Tensor<4>, reals: &[[f32; 2]]) -> Picture {
    let fakes = points(fakes);
    let all = [reals, &fakes].concat();
    let layers = [Layer { points: reals, colour: GREY }, Layer { points: &fakes, colour: BLUE }];
    scatter(&layers, Frame::around(&all))
}

/// Points of the data that the snapshot in `file` was trained on, as many as a picture shows; none, which is
/// said, where they are not at hand.
pub fn real_points(file: &Path) -> Vec<[f32; 2]> {
    let Some(run) = RunDir::holding(file) else { return Vec::new() };
    match source::data_of_run(&run) {
        Ok(data) => {
            let points = data.points().unwrap_or_default();
            let every = points.len().div_ceil(MAX_REAL_POINTS).max(1);
            points.iter().step_by(every).copied().collect()
        }
        Err(error) => {
            terminal::say(format!("without the real points: {error}"));
            Vec::new()
        }
    }
}

/// Whether images of this shape are points of the plane.
pub fn is_point(shape: [usize; 3]) -> bool {
    shape == [2, 1, 1]
}

/// The rows of `[count, 2, 1, 1]`.
pub fn points(values: Tensor<4>) -> Vec<[f32; 2]> {
    let values: Vec<f32> = values.into_data().iter::<f32>().collect();
    values.as_chunks().0.to_vec()
}

/// Refuses points where only images can be drawn.
pub fn refuse_points(shape: [usize; 3], what: &str) -> Result<(), Failure> {
    match is_point(shape) {
        true => {
            Err(Failure::usage(format!("{what} is made of images, this generator draws points"))
                .hint("--out FILE.png draws a scatter picture, --out FILE.npy keeps the points"))
        }
        false => Ok(()),
    }
}

/// The same, large enough to see; scatter pictures are.
pub fn enlarged(picture: &Picture) -> Picture {
    picture.enlarged(scale_of(picture.width))
}

/// The side of the squares that pixels are drawn as, for a picture of this width to be large enough.
pub fn scale_of(width: usize) -> usize {
    GRID_PIXELS.div_ceil(width).max(1)
}
