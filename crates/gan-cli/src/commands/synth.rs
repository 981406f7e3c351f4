//! `gan data synth`: data whose modes are known.

use gan_data::{ImageSet, write_arrays};
use gan_metrics::Mixture;
use gan_random::{Rng, Stream};
use gan_run::write_file;

use crate::failure::Failure;
use crate::flags::{SynthArgs, SynthKind};
use crate::terminal;

/// Indices of [`Stream::Synthetic`]: which Gaussian or digits, and where around the centre.
const WHICH: u64 = 0;
const WHERE: u64 = 1;

/// The first so many images of MNIST are for training.
const MNIST_TRAINING: usize = 60_000;
/// More samples are refused: what they make is not held.
const MOST_SAMPLES: usize = 1_000_000;

pub fn run(args: &SynthArgs) -> Result<(), Failure> {
    let samples = args.samples.unwrap_or(match args.kind {
        SynthKind::Ring | SynthKind::Grid => 100_000,
        SynthKind::StackedMnist => 128_000,
    });
    if !(1..=MOST_SAMPLES).contains(&samples) {
        let rule = format!("--samples is {samples}, it must lie in 1 to {MOST_SAMPLES}");
        return Err(Failure::usage(rule));
    }
    if args.out.extension().is_none_or(|extension| extension != "npz") {
        return Err(Failure::usage(format!("--out is {}", args.out.display()))
            .hint("end it in .npz, an archive of arrays"));
    }
    if args.out.exists() {
        return Err(Failure::new(format!("{}: is there already", args.out.display()))
            .hint("name another --out, or take it away first; runs may depend on it"));
    }
    let rng = Rng::new(args.seed);
    let bytes = match args.kind {
        SynthKind::Ring => points_of(&Mixture::ring(), samples, rng)?,
        SynthKind::Grid => points_of(&Mixture::grid(), samples, rng)?,
        SynthKind::StackedMnist => stacked_digits(samples, rng)?,
    };
    write_file(&args.out, &bytes)?;
    Ok(terminal::print(args.out.display())?)
}

/// An archive of points, their Gaussians and the deviation of these.
fn points_of(mixture: &Mixture, samples: usize, rng: Rng) -> Result<Vec<u8>, Failure> {
    let modes = mixture.centres.len();
    let which = rng.uniform(Stream::Synthetic, WHICH, samples, 0.0, 1.0);
    let offsets = rng.normal(Stream::Synthetic, WHERE, 2 * samples);
    let (offsets, _) = offsets.as_chunks::<2>();
    let points: Vec<f32> = which
        .iter()
        .zip(offsets)
        .flat_map(|(&which, offset)| {
            let centre = mixture.centres[nth(which, modes)];
            [0, 1].map(|axis| (centre[axis] + mixture.sigma * f64::from(offset[axis])) as f32)
        })
        .collect();
    let centres: Vec<f32> = mixture.centres.as_flattened().iter().map(|&x| x as f32).collect();
    Ok(write_arrays::npz(&[
        ("points", write_arrays::npy(&[samples as u64, 2], &points)?),
        ("centres", write_arrays::npy(&[modes as u64, 2], &centres)?),
        ("deviation", write_arrays::npy(&[], &[mixture.sigma as f32])?),
    ])?)
}

/// An archive of images `[samples, 28, 28, 3]`, each of three of MNIST's training digits, one for
/// each channel, and which digits these are, `[samples, 3]`.
fn stacked_digits(samples: usize, rng: Rng) -> Result<Vec<u8>, Failure> {
    let mnist: ImageSet = gan_data::mnist()?;
    let labels = mnist.labels().expect("MNIST is labelled");
    let which = rng.uniform(Stream::Synthetic, WHICH, 3 * samples, 0.0, 1.0);
    let (which, _) = which.as_chunks::<3>();
    let mut images = Vec::with_capacity(samples * 3 * 28 * 28);
    let mut digits = Vec::with_capacity(samples * 3);
    for which in which {
        let indices = which.map(|which| nth(which, MNIST_TRAINING));
        let channels = indices.map(|index| mnist.image(index).expect("an index within MNIST"));
        images.extend((0..28 * 28).flat_map(|pixel| channels.map(|channel| channel[pixel])));
        digits.extend(indices.map(|index| labels[index]));
    }
    let count = samples as u64;
    Ok(write_arrays::npz(&[
        ("images", write_arrays::npy(&[count, 28, 28, 3], &images)?),
        ("digits", write_arrays::npy(&[count, 3], &digits)?),
    ])?)
}

/// The place among `count` of a number in `[0, 1)`.
fn nth(share: f32, count: usize) -> usize {
    ((f64::from(share) * count as f64) as usize).min(count - 1)
}
