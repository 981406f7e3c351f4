//! A run that several processes train together: whether they can, and what they must agree on.

use std::ops::Range;

use gan_collective::{Collective, Disagreement, agree};
use gan_data::ImageSet;
use gan_model::ConfigError;
use serde_json::Value;

use crate::config::{Model, TrainingConfig};

/// Processes that cannot train a run together.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SharingError {
    /// They were not started alike.
    #[error(transparent)]
    Differ(#[from] Disagreement),
    /// The configuration is not one for as many of them.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// This rank's part of every batch.
pub(super) fn part<M: Model>(
    ranks: &dyn Collective,
    config: &TrainingConfig<M>,
) -> Result<Range<usize>, ConfigError> {
    ranks.part(config.batch_size).ok_or_else(|| {
        let ranks = ranks.ranks();
        let fitting = (config.batch_size / ranks).max(1) * ranks;
        let rule = format!(
            "{ranks} ranks share it equally: take a multiple of {ranks}, such as {fitting}"
        );
        ConfigError::new("batch_size", config.batch_size, rule)
    })
}

/// Compares what decides the bits of a run, and where it stands, on all ranks.
pub(super) fn check<M: Model>(
    ranks: &dyn Collective,
    config: &TrainingConfig<M>,
    data: &ImageSet,
    [step, images_seen]: [u64; 2],
) -> Result<(), Disagreement> {
    if ranks.ranks() == 1 {
        return Ok(());
    }
    let config = serde_json::to_value(config).expect("plain data is always JSON");
    let mut facts = Vec::new();
    flatten("", &config, &mut facts);
    for (name, value) in [
        ("data checksum", format!("{:08x}", data.checksum())),
        ("number of images", data.len().to_string()),
        ("step", step.to_string()),
        ("images seen", images_seen.to_string()),
    ] {
        facts.push((name.to_owned(), value));
    }
    agree(ranks, &facts)
}

/// Every number of a JSON document with its path: `generator.latents.dim`, 64.
fn flatten(path: &str, value: &Value, facts: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, facts);
            }
        }
        _ => facts.push((path.to_owned(), value.to_string())),
    }
}
