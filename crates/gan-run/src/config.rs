//! `config.json`: everything that decides a run, resolved.

use std::path::{Path, PathBuf};

use gan_data::{ImageSet, Rule};
use gan_training::{Preset, TrainingConfig};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::failed;
use crate::{RunError, slug};

/// The resolved configuration of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Version of the program that started the run.
    pub version: String,
    /// Name of what it computes on: `flex`, `wgpu`.
    pub backend: String,
    /// What it trains on.
    pub data: DataConfig,
    /// Every hyperparameter of the training.
    pub training: TrainingConfig,
    /// What is measured every [`TrainingConfig::evaluate_every`] steps, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<EvaluationConfig>,
}

/// What a run trains on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// What people call it.
    pub name: String,
    /// Its folder; `null` is the MNIST inside the program.
    pub path: Option<PathBuf>,
    /// Images in it.
    pub images: usize,
    /// CRC-32 of its images and labels, in hexadecimal.
    pub checksum: String,
    /// What became of its pictures.
    pub rule: Rule,
    /// The names of its classes, in the order of their numbers.
    pub classes: Option<Vec<String>>,
}

/// What is measured while a run trains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationConfig {
    /// Metric, extractor and samples: `fd_mnistcnn_10k`.
    pub metric: String,
    /// Whether the best snapshot so far is kept.
    #[serde(default)]
    pub keep_best: bool,
}

impl DataConfig {
    /// Describes `data`, which came from `path` after `rule`.
    pub fn of(data: &ImageSet, path: Option<&Path>, rule: Rule) -> Self {
        Self {
            name: data.name().to_owned(),
            // Absolute, so that the run can be resumed from another folder.
            path: path.map(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned())),
            images: data.len(),
            checksum: format!("{:08x}", data.checksum()),
            rule,
            classes: data.class_names().map(<[String]>::to_vec),
        }
    }
}

impl RunConfig {
    /// Reads the `config.json` at `path`.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a possible configuration.
    pub fn read(path: &Path) -> Result<Self, RunError> {
        let text = std::fs::read_to_string(path).map_err(failed("cannot be read", path))?;
        let wrong = |problem| RunError::Config { path: path.to_owned(), problem };
        // Editors on Windows begin files with a byte order mark, which no JSON parser takes.
        let config: Self = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| wrong(format!("not a configuration of this program: {error}")))?;
        config.training.check().map_err(|error| wrong(format!("training.{error}")))?;
        Ok(config)
    }

    /// As the text of a file.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data is always JSON") + "\n"
    }

    /// What its folder is called after the number: the preset, what differs most visibly from it,
    /// and the data. `tutorial-mnist`, `mlp-conditional-hinge-my-pictures`.
    pub fn run_name(&self) -> String {
        let training = &self.training;
        let mut words = vec![slug(&training.preset)];
        if training.generator.classes().is_some() {
            words.push("conditional".to_owned());
        }
        let of_preset = Preset::named(&training.preset)
            .map(|preset| preset.config(training.generator.image_shape()));
        if of_preset.is_some_and(|preset| preset.loss != training.loss)
            && let Ok(Value::String(loss)) = serde_json::to_value(training.loss)
        {
            words.push(loss);
        }
        words.push(slug(&self.data.name));
        words.join("-")
    }

    /// What differs in `other`, a line each: `training.batch_size: 100 → 64`.
    ///
    /// Omitted is what no step depends on: the version, the length of the run, its evaluations, and
    /// where the data is and what it is called, as long as its checksum is the same.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let as_value = |config: &Self| serde_json::to_value(config).expect("plain data");
        let mut lines = Vec::new();
        collect_differences("", &as_value(self), &as_value(other), &mut lines);
        let without_effect = [
            "version:",
            "training.steps:",
            "training.trajectory:",
            "training.evaluate_every:",
            "evaluation",
            "data.path:",
            "data.name:",
        ];
        lines.retain(|line| !without_effect.iter().any(|field| line.starts_with(field)));
        lines
    }
}

fn collect_differences(path: &str, old: &Value, new: &Value, lines: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let value = |values: &serde_json::Map<String, Value>| {
                    values.get(key).cloned().unwrap_or(Value::Null)
                };
                collect_differences(&path, &value(old), &value(new), lines);
            }
        }
        _ if old != new => lines.push(format!("{path}: {old} → {new}")),
        _ => {}
    }
}
