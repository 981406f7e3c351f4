//! At most one triangle, one square and one pentagon, each in its own third: does a generator learn
//! what goes where, and how often? After Aithal et al. 2024, "Understanding Hallucinations in
//! Diffusion Models through Mode Interpolation".

use std::f64::consts::TAU;

use gan_random::Rng;

use super::canvas::{Point, SIDE, archive};
use crate::DataError;

/// Pixels that each shape covers.
const AREA: f64 = 30.0;
/// From the edge of the third and of the image to the shape, at least.
const MARGIN: f64 = 1.0;

/// Each shape is there in half of the images, but none is empty. The label says which: bit 0 of
/// `label + 1` stands for the triangle, bit 1 for the square, bit 2 for the pentagon.
pub(super) fn make(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    archive("shapes", samples, rng, |canvas, draws| {
        let label = draws.below(7);
        let third = SIDE as f64 / 3.0;
        for (place, sides) in [3, 4, 5].into_iter().enumerate() {
            if (label + 1) >> place & 1 == 0 {
                continue;
            }
            let outline = regular_polygon(sides);
            let [low_x, high_x] = extent(&outline, 0);
            let [low_y, high_y] = extent(&outline, 1);
            let left = third * place as f64;
            let x = draws.between(left + MARGIN - low_x, left + third - MARGIN - high_x);
            let y = draws.between(MARGIN - low_y, SIDE as f64 - MARGIN - high_y);
            let corners: Vec<Point> = outline.iter().map(|[dx, dy]| [x + dx, y + dy]).collect();
            canvas.paint_polygon(&corners);
        }
        Some(label as u8)
    })
}

/// Corners around (0, 0), clockwise on the screen: upright, the square on its side.
fn regular_polygon(sides: usize) -> Vec<Point> {
    let angle = TAU / sides as f64;
    let radius = (AREA / (sides as f64 / 2.0 * angle.sin())).sqrt();
    let first = if sides == 4 { -TAU / 4.0 - angle / 2.0 } else { -TAU / 4.0 };
    let corner = |i| {
        let (sin, cos) = (first + angle * f64::from(i)).sin_cos();
        [radius * cos, radius * sin]
    };
    (0..sides as u32).map(corner).collect()
}

/// The lowest and highest coordinate along `axis`.
fn extent(corners: &[Point], axis: usize) -> [f64; 2] {
    let along = corners.iter().map(|corner| corner[axis]);
    [along.clone().fold(f64::INFINITY, f64::min), along.fold(f64::NEG_INFINITY, f64::max)]
}
