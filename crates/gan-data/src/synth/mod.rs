//! Synthetic sets whose modes or rules are known, so that what a generator misses or breaks can be
//! counted.
//!
//! A set is a file of this folder and a row of [`SETS`].

mod boxes;
mod canvas;
mod dots;
mod gaussians;
mod polygons;
mod shapes;
#[cfg(feature = "mnist")]
mod stacked_mnist;

use gan_random::Rng;

pub use gaussians::points;

use crate::DataError;

/// More samples are refused: what they make is held in memory.
pub const MAX_SAMPLES: usize = 1_000_000;

/// Indices of [`gan_random::Stream::Synthetic`]: which mode a sample is of, and where in it.
const MODE: u64 = 0;
const OFFSET: u64 = 1;

/// A set that can be made.
#[derive(Clone, Copy, Debug)]
pub struct SyntheticSet {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it holds, in one line.
    pub summary: &'static str,
    /// Samples where nobody asks for another number.
    pub default_samples: usize,
    make: fn(usize, Rng) -> Result<Vec<u8>, DataError>,
}

/// Every set that can be made.
pub const SETS: &[SyntheticSet] = &[
    SyntheticSet {
        name: "ring",
        summary: "Points of 8 Gaussians of std 0.01 on a circle of radius 1",
        default_samples: 100_000,
        make: gaussians::ring,
    },
    SyntheticSet {
        name: "grid",
        summary: "Points of 25 Gaussians of std 0.05, 5 × 5 of them, 2 apart",
        default_samples: 100_000,
        make: gaussians::grid,
    },
    #[cfg(feature = "mnist")]
    SyntheticSet {
        name: "stacked-mnist",
        summary: "Images of three MNIST digits, one in each of red, green and blue: 1,000 modes",
        default_samples: 128_000,
        make: stacked_mnist::make,
    },
    SyntheticSet {
        name: "dots",
        summary: "Grey images of 1 to 12 white dots that keep their distance",
        default_samples: 30_000,
        make: dots::mixed,
    },
    SyntheticSet {
        name: "dots-six",
        summary: "Grey images of exactly 6 white dots",
        default_samples: 30_000,
        make: dots::six,
    },
    SyntheticSet {
        name: "shapes",
        summary: "Grey images of at most one triangle, square and pentagon, each in its third",
        default_samples: 30_000,
        make: shapes::make,
    },
    SyntheticSet {
        name: "polygons",
        summary: "Grey images of one convex polygon of 3 to 6 corners",
        default_samples: 30_000,
        make: polygons::make,
    },
    SyntheticSet {
        name: "boxes",
        summary: "Grey images of an open box in one-point perspective",
        default_samples: 30_000,
        make: boxes::free,
    },
    SyntheticSet {
        name: "boxes-centred",
        summary: "The same with the vanishing point in the middle of the image",
        default_samples: 30_000,
        make: boxes::centred,
    },
];

impl SyntheticSet {
    /// The set called `name`, where there is one.
    pub fn named(name: &str) -> Option<&'static Self> {
        SETS.iter().find(|set| set.name == name)
    }

    /// The bytes of a `.npz` file of `samples` of the set, which [`open()`](crate::open()) reads.
    ///
    /// # Errors
    /// If `samples` does not lie in 1 to [`MAX_SAMPLES`].
    pub fn make(&self, samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
        match samples {
            1..=MAX_SAMPLES => (self.make)(samples, rng),
            _ => Err(DataError::Mismatch(format!(
                "{}: {samples} samples; they must be 1 to {MAX_SAMPLES}",
                self.name
            ))),
        }
    }
}

/// The index among `count` equally likely ones that `unit`, uniform in `[0, 1)`, stands for.
fn pick(unit: f32, count: usize) -> usize {
    ((f64::from(unit) * count as f64) as usize).min(count - 1)
}
