//! Flags of `gan data`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use gan_data::fetch::{PUBLISHED, PublishedSet};
use gan_data::synth::{SETS, SyntheticSet};
use gan_data::{Alpha, Colour, Fit, OpenOptions, Rule};

#[derive(Subcommand)]
pub enum DataCommand {
    /// Make a data set whose modes are known, so that `gan evaluate` can count those a generator covers
    Synth(SynthArgs),
    /// Say what is in a folder, archive or array of images, and what training would make of it
    Inspect(InspectArgs),
    /// Decode images once, into one file that is read as it is needed: for sets larger than memory
    Pack(PackArgs),
    /// Download a published data set, and check it
    Fetch(FetchArgs),
}

#[derive(Args)]
pub struct InspectArgs {
    /// Images, whatever they are stored as
    #[arg(value_name = "PATH")]
    pub path: PathBuf,

    /// Picture of the first images
    #[arg(long, value_name = "FILE.png")]
    pub sheet: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub rule: RuleFlags,
}

#[derive(Args)]
pub struct PackArgs {
    /// Images, whatever they are stored as
    #[arg(value_name = "PATH")]
    pub path: PathBuf,

    /// Output: one file, for --data
    #[arg(value_name = "OUT")]
    pub out: PathBuf,

    #[command(flatten)]
    pub rule: RuleFlags,
}

#[derive(Args)]
pub struct FetchArgs {
    /// Data set to download
    #[arg(value_name = "NAME", value_parser = published_set())]
    pub set: &'static PublishedSet,

    /// Folder for it [default: the set's name]
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,

    /// Address to download from instead of the published one, ending in /
    #[arg(long, value_name = "URL")]
    pub mirror: Option<String>,
}

/// What becomes of every picture.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What becomes of pictures")]
pub struct RuleFlags {
    /// Size that pictures are brought to: 64, or 48x64 for height x width [default: their own where
    /// they agree and are at most 64, else the nearest one that networks take]
    #[arg(long, value_name = "SIDE", value_parser = resolution)]
    pub resolution: Option<[usize; 2]>,

    /// What happens to pictures of another shape [default: crop]
    #[arg(long, value_enum)]
    pub fit: Option<Fit>,

    /// Colour that transparent pictures are laid on: white, black, grey or #rrggbb [default: white]
    #[arg(long, value_name = "COLOUR", conflicts_with = "alpha")]
    pub background: Option<Colour>,

    /// Keep transparency: images of four channels
    #[arg(long, value_name = "keep", value_parser = ["keep"])]
    pub alpha: Option<String>,

    /// Refuse a data set with any file that cannot be read; --strict=false accepts any number of
    /// them [default: up to 1 %]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true")]
    pub strict: Option<bool>,
}

impl RuleFlags {
    /// How to open images: these flags over `rule`.
    pub fn options(&self, rule: Rule) -> OpenOptions<'static> {
        let alpha = match (self.background, &self.alpha) {
            (Some(colour), _) => Alpha::Over(colour),
            (None, Some(_)) => Alpha::Keep,
            (None, None) => rule.alpha,
        };
        let rule = Rule {
            resolution: self.resolution.or(rule.resolution),
            fit: self.fit.unwrap_or(rule.fit),
            alpha,
        };
        OpenOptions { rule, strict: self.strict, ..OpenOptions::default() }
    }
}

/// `64`, or `48x64`: height x width.
fn resolution(text: &str) -> Result<[usize; 2], String> {
    let side = |text: &str| text.parse().ok().filter(|side| (1..=4096).contains(side));
    let (height, width) = text.split_once('x').unwrap_or((text, text));
    match (side(height), side(width)) {
        (Some(height), Some(width)) => Ok([height, width]),
        _ => Err("write a side such as 64, or height x width such as 48x64, up to 4096".into()),
    }
}

/// The sets of gan-data's table, with their summaries as help.
fn published_set() -> impl TypedValueParser<Value = &'static PublishedSet> {
    let values = PUBLISHED.iter().map(|set| PossibleValue::new(set.name).help(set.summary));
    PossibleValuesParser::new(values)
        .map(|name| PublishedSet::named(&name).expect("a possible value is a name of a set"))
}

#[derive(Args)]
pub struct SynthArgs {
    /// Data set to make
    #[arg(value_name = "SET", value_parser = synthetic_set())]
    pub set: &'static SyntheticSet,

    /// Output: a .npz file, for --data
    #[arg(long, value_name = "FILE.npz")]
    pub out: PathBuf,

    /// Number of points or images [default: 100000 points, 30000 images of dots, shapes, polygons and
    /// boxes, 128000 of stacked digits]
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
