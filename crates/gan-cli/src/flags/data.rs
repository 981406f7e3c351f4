//! Flags of `gan data`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use gan_data::synth::{SETS, SyntheticSet};

#[derive(Subcommand)]
pub enum DataCommand {
    /// Make a data set whose modes are known, so that `gan evaluate` can count those a generator covers
    Synth(SynthArgs),
}

#[derive(Args)]
pub struct SynthArgs {
    /// Data set to make
    #[arg(value_name = "SET", value_parser = synthetic_set())]
    pub set: &'static SyntheticSet,

    /// Output: a .npz file, for --data
    #[arg(long, value_name = "FILE.npz")]
    pub out: PathBuf,

    /// Number of points or images [default: 100000 points, 128000 images]
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,

    /// Seed of the data
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

/// The sets of gan-data's table, with their summaries as help.
fn synthetic_set() -> impl TypedValueParser<Value = &'static SyntheticSet> {
    let values = SETS.iter().map(|set| PossibleValue::new(set.name).help(set.summary));
    PossibleValuesParser::new(values)
        .map(|name| SyntheticSet::named(&name).expect("a possible value is a name of a set"))
}
