//! Stacked MNIST: a digit in each of three colour channels makes 1,000 modes (Metz et al. 2017,
//! "Unrolled Generative Adversarial Networks").

use gan_random::{Rng, Stream};

use super::{MODE, pick};
use crate::{DataError, mnist, numpy};

/// The first so many images of MNIST are for training.
const TRAINING_IMAGES: usize = 60_000;

/// An archive of `images` `[samples, 28, 28, 3]`, each of three of MNIST's training digits, and
/// which `digits` these are, `[samples, 3]`.
pub(super) fn make(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    let mnist = mnist()?;
    let labels = mnist.labels().expect("MNIST is labelled");
    let units = rng.uniform(Stream::Synthetic, MODE, 3 * samples, 0.0, 1.0);
    let (units, _) = units.as_chunks::<3>();
    let mut images = Vec::with_capacity(samples * 3 * 28 * 28);
    let mut digits = Vec::with_capacity(samples * 3);
    for units in units {
        let indices = units.map(|unit| pick(unit, TRAINING_IMAGES));
        let channels = indices.map(|index| mnist.image(index).expect("an index within MNIST"));
        images.extend((0..28 * 28).flat_map(|pixel| channels.each_ref().map(|c| c[pixel])));
        digits.extend(indices.map(|index| labels[index] as u8));
    }
    let count = samples as u64;
    numpy::npz(&[
        ("images", numpy::npy(&[count, 28, 28, 3], &images)?),
        ("digits", numpy::npy(&[count, 3], &digits)?),
    ])
}
