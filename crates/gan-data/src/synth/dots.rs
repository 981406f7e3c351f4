//! Dots to count: does a generator learn how many things an image holds? After Zhao et al. 2018,
//! "Bias and Generalization in Deep Generative Models".

use gan_random::Rng;

use super::canvas::{Canvas, Draws, Point, SIDE, archive};
use crate::DataError;

/// Radius of a dot, in pixels.
const RADIUS: f64 = 2.0;
/// Between the edges of two dots, at least.
const GAP: f64 = 2.0;
/// Between the edge of a dot and that of the image, at least.
const MARGIN: f64 = 1.0;

/// One to twelve dots, each number as often; the label is the number less one.
pub(super) fn mixed(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    archive("dots 1-12", samples, rng, |canvas, draws| {
        let label = draws.below(12);
        paint(canvas, draws, label + 1);
        Some(label as u8)
    })
}

/// Six dots in every image.
pub(super) fn six(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    archive("dots 6-6", samples, rng, |canvas, draws| {
        paint(canvas, draws, 6);
        None
    })
}

fn paint(canvas: &mut Canvas, draws: &mut Draws, count: usize) {
    for [x, y] in places(draws, count) {
        canvas.paint(|[px, py]| (px - x).hypot(py - y) - RADIUS);
    }
}

/// Places that keep their distance, one after the other at random; all anew where one does not fit.
fn places(draws: &mut Draws, count: usize) -> Vec<Point> {
    let (low, high) = (MARGIN + RADIUS, SIDE as f64 - MARGIN - RADIUS);
    loop {
        let mut places: Vec<Point> = Vec::with_capacity(count);
        for _ in 0..count * 50 {
            if places.len() == count {
                return places;
            }
            let place = [draws.between(low, high), draws.between(low, high)];
            let far = |other: &Point| {
                (place[0] - other[0]).hypot(place[1] - other[1]) >= 2.0 * RADIUS + GAP
            };
            if places.iter().all(far) {
                places.push(place);
            }
        }
    }
}
