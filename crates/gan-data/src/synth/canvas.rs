//! White figures on a black square, drawn with smooth edges, one image after the other.

use gan_random::{Rng, Stream};

use crate::{DataError, numpy};

/// Pixels along a side of an image.
pub(super) const SIDE: usize = 32;

/// A point of the image, in pixels from its top left corner; the middle of the first pixel is
/// (0.5, 0.5).
pub(super) type Point = [f64; 2];

/// An image in the making: bytes, row by row, 0 where nothing is.
pub(super) struct Canvas {
    bytes: Vec<u8>,
}

impl Canvas {
    /// Adds the figure whose edge is `distance` pixels from a point; negative inside. A pixel is
    /// as bright as far as the figure reaches over its middle, so that edges are smooth.
    pub(super) fn paint(&mut self, distance: impl Fn(Point) -> f64) {
        for (index, byte) in self.bytes.iter_mut().enumerate() {
            let pixel = [(index % SIDE) as f64 + 0.5, (index / SIDE) as f64 + 0.5];
            let covered = (0.5 - distance(pixel)).clamp(0.0, 1.0);
            *byte = (*byte).max((covered * 255.0).round() as u8);
        }
    }

    /// Adds a filled convex polygon, its corners clockwise on the screen.
    pub(super) fn paint_polygon(&mut self, corners: &[Point]) {
        self.paint(|[x, y]| {
            let beyond = |(&[ax, ay], &[bx, by]): (&Point, &Point)| {
                let length = (bx - ax).hypot(by - ay);
                ((by - ay) * (x - ax) - (bx - ax) * (y - ay)) / length
            };
            let next = corners.iter().cycle().skip(1);
            corners.iter().zip(next).map(beyond).fold(f64::NEG_INFINITY, f64::max)
        });
    }

    /// Adds a line of `width` pixels.
    pub(super) fn paint_line(&mut self, [ax, ay]: Point, [bx, by]: Point, width: f64) {
        let (dx, dy) = (bx - ax, by - ay);
        self.paint(|[x, y]| {
            let along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
            let along = along.clamp(0.0, 1.0);
            (x - ax - along * dx).hypot(y - ay - along * dy) - width / 2.0
        });
    }
}

/// The random numbers of one image: a function of the seed and of its index in the set.
pub(super) struct Draws {
    rng: Rng,
    image: u64,
    draws: u64,
}

impl Draws {
    /// `N` numbers uniform in `[0, 1)`; others each time.
    pub(super) fn units<const N: usize>(&mut self) -> [f64; N] {
        let index = self.image << 20 | self.draws;
        self.draws += 1;
        let units = self.rng.uniform(Stream::Synthetic, index, N, 0.0, 1.0);
        std::array::from_fn(|i| f64::from(units[i]))
    }

    /// A number uniform in `[low, high)`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.units::<1>()[0]
    }

    /// A whole number, each from 0 to `count - 1` equally likely.
    pub(super) fn below(&mut self, count: usize) -> usize {
        ((self.units::<1>()[0] * count as f64) as usize).min(count - 1)
    }
}

/// An archive of `images` `[samples, 32, 32]`, each of which `draw` paints and tells the class of;
/// their `labels` `[samples]`, where all have one; and the text of the rule they follow, `scene`.
pub(super) fn archive(
    scene: &str,
    samples: usize,
    rng: Rng,
    draw: impl Fn(&mut Canvas, &mut Draws) -> Option<u8>,
) -> Result<Vec<u8>, DataError> {
    let mut images = Vec::with_capacity(samples * SIDE * SIDE);
    let mut labels = Some(Vec::with_capacity(samples));
    for image in 0..samples as u64 {
        let mut canvas = Canvas { bytes: vec![0; SIDE * SIDE] };
        let label = draw(&mut canvas, &mut Draws { rng, image, draws: 0 });
        labels = labels.zip(label).map(|(mut labels, label)| {
            labels.push(label);
            labels
        });
        images.append(&mut canvas.bytes);
    }
    let (count, side) = (samples as u64, SIDE as u64);
    let mut arrays = vec![
        ("images", numpy::npy(&[count, side, side], &images)?),
        ("scene", numpy::npy(&[scene.len() as u64], scene.as_bytes())?),
    ];
    if let Some(labels) = labels {
        arrays.push(("labels", numpy::npy(&[count], &labels)?));
    }
    numpy::npz(&arrays)
}
