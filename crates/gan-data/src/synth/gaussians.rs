//! Points of the plane from mixtures of equally likely round Gaussians, as in VEEGAN (Srivastava
//! et al. 2017) and PacGAN (Lin et al. 2018).

use gan_random::{Rng, Stream};

use super::{MODE, OFFSET, pick};
use crate::{DataError, ImageSet, numpy};

/// Eight Gaussians on a circle.
pub(super) fn ring(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    Mixture::ring().archive(samples, rng)
}

/// 25 Gaussians at `{-4, -2, 0, 2, 4}²`.
pub(super) fn grid(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    Mixture::grid().archive(samples, rng)
}

/// Points of the set `ring` or `grid`, the same as in its file, for programs without files; `None` for
/// other sets.
///
/// # Errors
/// If `samples` is 0.
pub fn points(name: &str, samples: usize, rng: Rng) -> Result<Option<ImageSet>, DataError> {
    let mixture = match name {
        "ring" => Mixture::ring(),
        "grid" => Mixture::grid(),
        _ => return Ok(None),
    };
    ImageSet::of_points(name, &mixture.points(samples, rng)).map(Some)
}

struct Mixture {
    centres: Vec<[f64; 2]>,
    std: f64,
}

impl Mixture {
    fn ring() -> Self {
        let centre = |mode: u32| {
            let angle = std::f64::consts::TAU * f64::from(mode) / 8.0;
            [angle.cos(), angle.sin()]
        };
        Self { centres: (0..8).map(centre).collect(), std: 0.01 }
    }

    fn grid() -> Self {
        let places = [-4.0, -2.0, 0.0, 2.0, 4.0];
        Self { centres: places.iter().flat_map(|&x| places.map(|y| [x, y])).collect(), std: 0.05 }
    }

    fn points(&self, samples: usize, rng: Rng) -> Vec<[f32; 2]> {
        let Self { centres, std } = self;
        let modes = rng.uniform(Stream::Synthetic, MODE, samples, 0.0, 1.0);
        let offsets = rng.normal(Stream::Synthetic, OFFSET, 2 * samples);
        let (offsets, _) = offsets.as_chunks::<2>();
        let point = |(&mode, offset): (&f32, &[f32; 2])| {
            let centre = centres[pick(mode, centres.len())];
            [0, 1].map(|axis| (centre[axis] + std * f64::from(offset[axis])) as f32)
        };
        modes.iter().zip(offsets).map(point).collect()
    }

    /// An archive of `points` `[samples, 2]`, their `centres` `[modes, 2]` and the `std` of each
    /// Gaussian in each direction.
    fn archive(&self, samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
        let points = self.points(samples, rng);
        let centres: Vec<f32> = self.centres.as_flattened().iter().map(|&x| x as f32).collect();
        numpy::npz(&[
            ("points", numpy::npy(&[samples as u64, 2], points.as_flattened())?),
            ("centres", numpy::npy(&[self.centres.len() as u64, 2], &centres)?),
            ("std", numpy::npy(&[], &[self.std as f32])?),
        ])
    }
}
