//! The demonstrations, a file each.

mod boxes;
mod collapse;
mod digits;
mod dirac;
mod nan;
mod oscillation;
mod ring;
mod scenes;

use gan_data::ImageSet;
use gan_data::synth::SyntheticSet;
use gan_random::Rng;

use crate::{Demo, Lab, LabError};

/// Every demonstration, in the order of the tutorial's list.
pub const DEMOS: &[Demo] = &[
    Demo {
        name: "nan",
        shows: "The textbook loss becomes NaN when the discriminator is sure",
        measured_by: "step of the first value that is not finite; fraction of seeds",
        cured_by: "the same loss from logits; rollback",
        run: nan::run,
    },
    Demo {
        name: "oscillation",
        shows: "A Dirac-GAN and a ring that circle the equilibrium",
        measured_by: "distance from the equilibrium; spectral radius of the update, beside theory",
        cured_by: "R1, R2, instance noise",
        run: oscillation::run,
    },
    Demo {
        name: "collapse",
        shows: "The tutorial's GAN, a ring and a grid of Gaussians: generators that draw a few modes",
        measured_by: "rarest class, precision and recall; modes, samples between them, reverse KL",
        cured_by: "relativistic pairing with R1 and R2",
        run: collapse::run,
    },
    Demo {
        name: "counting",
        shows: "Images of dots: the generator draws too many or too few",
        measured_by: "right, wrong and unreadable by an exact oracle; histogram of counts",
        cured_by: "wider networks with relativistic pairing, R1 and R2; convolutions",
        run: scenes::counting,
    },
    Demo {
        name: "structure",
        shows: "Simple shapes and one convex polygon: parts are right, the whole is not",
        measured_by: "right, wrong and unreadable by an exact oracle",
        cured_by: "wider networks with relativistic pairing, R1 and R2; convolutions",
        run: scenes::structure,
    },
    Demo {
        name: "perspective",
        shows: "Boxes whose receding edges do not meet in one point",
        measured_by: "right, wrong and unreadable by an exact oracle; residual of the meeting point",
        cured_by: "wider networks with relativistic pairing, R1 and R2; convolutions",
        run: scenes::perspective,
    },
];

/// A synthetic set.
fn synthetic(lab: &Lab<'_>, name: &str) -> Result<ImageSet, LabError> {
    let samples = lab.choose(256, 10_000, 20_000);
    (lab.progress)(&format!("making {samples} samples of {name}"), 0.0);
    let set = SyntheticSet::named(name).expect("a set of this crate's dependency");
    let folder = tempfile::tempdir().map_err(LabError::TemporaryFolder)?;
    let path = folder.path().join(format!("{name}.npz"));
    std::fs::write(&path, set.make(samples, Rng::new(0))?).map_err(LabError::TemporaryFolder)?;
    Ok(gan_data::open(&path)?)
}

/// `12.3 %`.
fn percent(fraction: f64) -> String {
    format!("{:.1} %", 100.0 * fraction)
}
