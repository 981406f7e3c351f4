//! The runs of a sweep.

use std::path::PathBuf;

use clap::ValueEnum;
use gan_training::{Loss, Preset};

use crate::flags::SweepArgs;

/// A run to train.
pub(super) struct Plan {
    /// Preset and loss, as its folder is called.
    pub(super) setting: String,
    pub(super) preset: String,
    pub(super) loss: Option<String>,
    pub(super) seed: u64,
    pub(super) flags: Vec<String>,
}

pub(super) fn plans(args: &SweepArgs) -> Vec<Plan> {
    let losses: Vec<Option<Loss>> = match args.loss.as_slice() {
        [] => vec![None],
        losses => losses.iter().copied().map(Some).collect(),
    };
    let settings =
        args.preset.iter().flat_map(|&preset| losses.iter().map(move |&loss| (preset, loss)));
    settings
        .flat_map(|(preset, loss)| args.seeds.0.iter().map(move |&seed| (preset, loss, seed)))
        .map(|(preset, loss, seed)| Plan {
            setting: setting(preset, loss),
            preset: name(preset),
            loss: loss.map(name),
            seed,
            flags: flags(args, preset, loss, seed),
        })
        .collect()
}

/// Where its run folder is made.
pub(super) fn folder_of(Plan { setting, seed, .. }: &Plan, args: &SweepArgs) -> PathBuf {
    args.outdir.join(format!("{setting}-seed{seed}"))
}

fn setting(preset: Preset, loss: Option<Loss>) -> String {
    match loss {
        Some(loss) => format!("{}-{}", name(preset), name(loss)),
        None => name(preset),
    }
}

/// What a value is called on the command line.
fn name(value: impl ValueEnum + Copy) -> String {
    value.to_possible_value().expect("no value is hidden").get_name().to_owned()
}

fn flags(args: &SweepArgs, preset: Preset, loss: Option<Loss>, seed: u64) -> Vec<String> {
    let mut flags = vec!["--preset".to_owned(), name(preset)];
    if let Some(loss) = loss {
        flags.extend(["--loss".to_owned(), name(loss)]);
    }
    flags.extend(["--seed".to_owned(), seed.to_string()]);
    flags.extend(args.train.iter().cloned());
    flags
}
