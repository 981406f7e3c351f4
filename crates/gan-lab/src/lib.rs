//! Demonstrations of what goes wrong with GANs, each beside its cure and from the same seed.
//!
//! [`DEMOS`] lists them; [`Demo::run`] trains what it shows, within minutes on two cores, and gives one
//! HTML page that needs nothing else. Every verdict on a page follows from its numbers: where a cure does
//! not help, the page says so.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod demos;
mod error;
mod page;
mod svg;
mod training;

use burn::tensor::Device;

pub use demos::DEMOS;
pub use error::LabError;
pub use page::{Page, Panel, Role, Section, Side, Table, book};

/// Something that goes wrong, and a cure.
#[derive(Clone, Copy)]
pub struct Demo {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it shows.
    pub shows: &'static str,
    /// By what it is measured.
    pub measured_by: &'static str,
    /// What is tried against it.
    pub cured_by: &'static str,
    run: fn(&Lab<'_>) -> Result<Page, LabError>,
}

/// Where demonstrations run, and who hears of their progress.
pub struct Lab<'a> {
    /// What they compute on, without autodiff.
    pub device: &'a Device,
    /// How long they may take.
    pub length: Length,
    /// The first seed; where a demonstration takes more, they count up from it.
    pub seed: u64,
    /// Is told what is being shown: a sentence, and the fraction of it that is done.
    pub progress: &'a dyn Fn(&str, f64),
}

/// How long a demonstration may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// A second or two, for tests: everything is made, and nothing is shown by it.
    Tiny,
    /// Below half a minute on two cores: less is trained, and the page says that.
    Quick,
    /// Within five minutes on two cores.
    Full,
}

impl Demo {
    /// The demonstration of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        DEMOS.iter().find(|demo| demo.name == name)
    }

    /// Trains what it shows.
    ///
    /// # Errors
    /// If data cannot be made, or a run fails for another reason than the one that is shown.
    pub fn run(&self, lab: &Lab<'_>) -> Result<Page, LabError> {
        let mut page = (self.run)(lab)?;
        let quick = lab.choose("", " --quick", "");
        page.made_by = format!("gan lab {}{quick} --seed {}", self.name, lab.seed);
        if lab.length != Length::Full {
            page.explanation.push(
                "This is the short form (--quick): less is trained than it takes to see all of it."
                    .to_owned(),
            );
        }
        Ok(page)
    }
}

impl Lab<'_> {
    /// One of the three, by the length that is wanted.
    pub(crate) fn choose<T>(&self, tiny: T, quick: T, full: T) -> T {
        match self.length {
            Length::Tiny => tiny,
            Length::Quick => quick,
            Length::Full => full,
        }
    }
}
