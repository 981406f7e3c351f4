//! One filled convex polygon in each image: does a generator learn global structure? After the convex
//! polygons of Kurach et al. 2018, "The GAN Landscape" (`compare_gan`).

use std::f64::consts::TAU;

use gan_random::Rng;

use super::canvas::{Point, SIDE, archive};
use crate::DataError;

/// Corners from three to six; the label is their number less three.
pub(super) fn make(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    archive("polygons", samples, rng, |canvas, draws| {
        let label = draws.below(4);
        let corners = label + 3;
        let radius = draws.between(7.0, 12.0);
        let room = radius + 1.0;
        let x = draws.between(room, SIDE as f64 - room);
        let y = draws.between(room, SIDE as f64 - room);
        // Corners on a circle make a convex polygon. Six tenths of an even share between any two
        // keep corners apart, the rest is shared out at random.
        let parts: Vec<f64> = (0..corners).map(|_| draws.between(0.0, 1.0)).collect();
        let whole: f64 = parts.iter().sum();
        let mut angle = draws.between(0.0, TAU);
        let outline: Vec<Point> = parts
            .iter()
            .map(|part| {
                angle += TAU * (0.6 / corners as f64 + 0.4 * part / whole);
                [x + radius * angle.cos(), y + radius * angle.sin()]
            })
            .collect();
        canvas.paint_polygon(&outline);
        Some(label as u8)
    })
}
