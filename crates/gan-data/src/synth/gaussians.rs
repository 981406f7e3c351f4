//! Points of the plane from mixtures of equally likely round Gaussians, as in VEEGAN (Srivastava
//! et al. 2017) and PacGAN (Lin et al. 2018).

use gan_random::{Rng, Stream};

use super::{MODE, OFFSET, pick};
use crate::{DataError, numpy};

/// Eight Gaussians on a circle.
pub(super) fn ring(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    let centre = |mode: u32| {
        let angle = std::f64::consts::TAU * f64::from(mode) / 8.0;
        [angle.cos(), angle.sin()]
    };
    let centres: Vec<[f64; 2]> = (0..8).map(centre).collect();
    mixture(&centres, 0.01, samples, rng)
}

/// 25 Gaussians at `{-4, -2, 0, 2, 4}²`.
pub(super) fn grid(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    let places = [-4.0, -2.0, 0.0, 2.0, 4.0];
    let centres: Vec<[f64; 2]> = places.iter().flat_map(|&x| places.map(|y| [x, y])).collect();
    mixture(&centres, 0.05, samples, rng)
}

/// An archive of `points` `[samples, 2]`, their `centres` `[modes, 2]` and the `std` of each
/// Gaussian in each direction.
fn mixture(centres: &[[f64; 2]], std: f64, samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    let modes = rng.uniform(Stream::Synthetic, MODE, samples, 0.0, 1.0);
    let offsets = rng.normal(Stream::Synthetic, OFFSET, 2 * samples);
    let (offsets, _) = offsets.as_chunks::<2>();
    let points: Vec<f32> = modes
        .iter()
        .zip(offsets)
        .flat_map(|(&mode, offset)| {
            let centre = centres[pick(mode, centres.len())];
            [0, 1].map(|axis| (centre[axis] + std * f64::from(offset[axis])) as f32)
        })
        .collect();
    let flat: Vec<f32> = centres.as_flattened().iter().map(|&x| x as f32).collect();
    numpy::npz(&[
        ("points", numpy::npy(&[samples as u64, 2], &points)?),
        ("centres", numpy::npy(&[centres.len() as u64, 2], &flat)?),
        ("std", numpy::npy(&[], &[std as f32])?),
    ])
}
