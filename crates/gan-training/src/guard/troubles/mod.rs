//! What goes wrong with GANs: guard, doctor, lab and `docs/troubleshooting.md` are made from one table.

mod table;

use serde::{Deserialize, Serialize};

pub use table::TROUBLES;

use crate::config::TrainingConfig;

/// What can go wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// A loss, a gradient or a weight is NaN or infinite.
    NonFinite,
    /// The discriminator is sure of every image.
    DiscriminatorSaturation,
    /// The generator's gradient has all but disappeared.
    VanishingGradient,
    /// The generator's gradient has grown out of all proportion.
    ExplodingGradient,
    /// The losses swing, and the swing does not shrink.
    Oscillation,
    /// The generator makes nearly the same image for every latent.
    ModeCollapse,
    /// A class of the data is missing or rare among the samples.
    MissingClass,
    /// The generator repeats training images.
    Memorisation,
    /// The run no longer improves.
    NoProgress,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct TroubleInfo {
    /// Which.
    pub trouble: Trouble,
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// What people see, in a sentence.
    pub seen: &'static str,
    /// The same as a clause about samples, where they show it.
    pub of_samples: Option<&'static str>,
    /// What proves it: the statistical test of its watch.
    pub evidence: &'static str,
    /// Likely causes, the likeliest first.
    pub causes: &'static [Cause],
    /// What helps, the first one first.
    pub cures: &'static [Cure],
    /// Papers and threads.
    pub sources: &'static [&'static str],
}

/// What may be behind a trouble.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    /// What, in words.
    pub what: &'static str,
    /// Whether it can be, in a run of this configuration.
    pub is_possible: fn(&TrainingConfig) -> bool,
}

/// Something to try.
#[derive(Clone, Copy, Debug)]
pub struct Cure {
    /// What, in words.
    pub what: &'static str,
    /// Flags of `gan` to add to, or change in, the command that started the run.
    pub flags: &'static str,
    /// Whether it would change anything in a run of this configuration.
    pub changes: fn(&TrainingConfig) -> bool,
}

impl Trouble {
    /// Its row of the table.
    pub fn info(self) -> &'static TroubleInfo {
        TROUBLES.iter().find(|info| info.trouble == self).expect("each has a row")
    }

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The trouble of that name.
    pub fn named(name: &str) -> Option<Self> {
        TROUBLES.iter().find(|info| info.name == name).map(|info| info.trouble)
    }
}

impl TroubleInfo {
    /// The causes that a run of this configuration can have.
    pub fn causes_in(&self, config: &TrainingConfig) -> Vec<&'static str> {
        let possible = self.causes.iter().filter(|cause| (cause.is_possible)(config));
        possible.map(|cause| cause.what).collect()
    }

    /// The first cure that would change anything in a run of this configuration.
    pub fn cure_for(&self, config: &TrainingConfig) -> Option<&'static Cure> {
        self.cures.iter().find(|cure| (cure.changes)(config))
    }
}

/// The table as `docs/troubleshooting.md`, to which the rates of detection are added.
pub fn as_markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    for info in TROUBLES {
        text += &format!("- [{0}](#{0}): {1}\n", info.name, info.seen);
    }
    for info in TROUBLES {
        text += &format!("\n## {}\n\n{}\n\n", info.name, info.seen);
        text += &format!("**Evidence.** {}\n\n**Likely causes**\n\n", info.evidence);
        info.causes.iter().for_each(|cause| text += &format!("- {}\n", cause.what));
        text += "\n**What to try**\n\n| what | flags |\n|---|---|\n";
        info.cures
            .iter()
            .for_each(|Cure { what, flags, .. }| text += &format!("| {what} | `{flags}` |\n"));
        text += &format!("\n**Sources.** {}\n", info.sources.join("; "));
    }
    text
}

const INTRODUCTION: &str = "\
<!-- Generated from crates/gan-training/src/guard/troubles/table.rs and the recorded runs of gan-run. To
     write it anew: GAN_WRITE_DOCS=1 cargo test -p gan-run troubleshooting -->

# Troubleshooting

What goes wrong with GANs, how `gan` knows, and what to try. The guard watches for these while a run
trains (`--on-trouble`, `--on-nan`), `gan doctor RUN` looks for them afterwards, `gan doctor RUN --treat`
tries the first cure for a short time, and `gan lab` shows them beside their cures ([lab.md](lab.md)).

";
