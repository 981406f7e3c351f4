//! `config.json`: everything that decides a run, resolved.

use std::path::{Path, PathBuf};

use gan_data::ImageSet;
use gan_model::ConfigError;
use gan_training::{Every, Preset, TrainingConfig};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config_file::ConfigFile;
use crate::failure::Failure;
use crate::flags::names::put;
use crate::flags::{TrainArgs, WatchFlags};
use crate::machine::backend::Backend;
use crate::watch::{MetricName, WatchConfig};

/// The resolved configuration of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Version of the program that started the run.
    pub version: String,
    /// What it computes on.
    pub backend: Backend,
    /// What it trains on.
    pub data: DataConfig,
    /// Every number of the training.
    pub training: TrainingConfig,
    /// What is measured every [`TrainingConfig::evaluate_every`] steps, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<WatchConfig>,
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
    /// CRC-32 of its images and labels.
    pub checksum: String,
}

impl DataConfig {
    /// Describes `data`, which came from `path`.
    pub fn of(data: &ImageSet, path: Option<&Path>) -> Self {
        Self {
            name: data.name().to_owned(),
            // Absolute, so that the run can be resumed from another folder.
            path: path.map(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned())),
            images: data.len(),
            checksum: format!("{:08x}", data.checksum()),
        }
    }
}

impl RunConfig {
    /// A new run's: flags over the file over the preset.
    ///
    /// # Errors
    /// If the file's values or the flags are impossible, or the data is not what the file was
    /// trained on.
    pub fn resolve(
        args: &TrainArgs,
        file: &ConfigFile,
        data: &ImageSet,
        path: Option<&Path>,
    ) -> Result<Self, Failure> {
        let preset = preset_for(data, args, file)?;
        let recipe = match args.conditional {
            true => preset.conditional(data.shape(), classes_of(data)?),
            false => preset.config(data.shape()),
        };
        let of_data = DataConfig::of(data, path);
        if args.data.is_none() {
            file.check_data(&of_data)?;
        }
        let with_changes = |training: TrainingConfig| -> Result<Self, Failure> {
            let mut config = Self {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                backend: Backend::Flex,
                data: of_data.clone(),
                training,
                evaluation: None,
            };
            config = file.over(config)?;
            config.data = of_data.clone();
            config.apply(args, data)?;
            Ok(config)
        };
        let config = with_changes(recipe.clone())?;
        // The preset's own schedules end with the run, however long that has become.
        let factor = config.training.images() as f64 / recipe.images() as f64;
        if factor == 1.0 { Ok(config) } else { with_changes(recipe.with_schedules(factor)) }
    }

    /// Puts what the flags say over what is there.
    ///
    /// # Errors
    /// If a flag belongs to something that is not there, or names what cannot be measured on `data`.
    pub fn apply(&mut self, args: &TrainArgs, data: &ImageSet) -> Result<(), Failure> {
        put(&mut self.backend, args.backend);
        args.numbers.apply(&mut self.training)?;
        if args.conditional {
            self.training = self.training.clone().with_classes(Some(classes_of(data)?));
        }
        put(&mut self.training.evaluate_every, args.watch.evaluate_every.map(Every));
        self.watch(&args.watch, data)
    }

    /// Settles what is measured, if evaluations are due at all.
    fn watch(&mut self, flags: &WatchFlags, data: &ImageSet) -> Result<(), Failure> {
        if self.training.evaluate_every.is_never() {
            if flags.metric.is_some() || flags.keep_best {
                return Err(Failure::usage("--metric and --keep-best need --evaluate-every")
                    .hint("for example --evaluate-every 1000"));
            }
            self.evaluation = None;
            return Ok(());
        }
        let usual = || WatchConfig { metric: MetricName::usual(data), keep_best: false };
        let mut evaluation = self.evaluation.take().unwrap_or_else(usual);
        put(&mut evaluation.metric, flags.metric.clone());
        evaluation.keep_best |= flags.keep_best;
        evaluation.check(data)?;
        self.evaluation = Some(evaluation);
        Ok(())
    }

    /// Reads the `config.json` of a run at `path`.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::new(format!("{}: cannot be read: {error}", path.display()))
        })?;
        let config: Self = serde_json::from_str(&text).map_err(|error| {
            Failure::new(format!(
                "{}: not a configuration of this program: {error}",
                path.display()
            ))
            .hint("`gan train --dry-run` shows what one looks like")
        })?;
        config
            .training
            .check()
            .map_err(|error| Failure::new(format!("{}: training.{error}", path.display())))?;
        Ok(config)
    }

    /// As the text of a file.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data is always JSON") + "\n"
    }

    /// What differs in `other`, a line each: `training.batch_size: 100 → 64`.
    ///
    /// The version, the length of the run and its evaluations are left out: no step depends on them.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let as_value = |config: &Self| serde_json::to_value(config).expect("plain data");
        let mut lines = Vec::new();
        collect_differences("", &as_value(self), &as_value(other), &mut lines);
        let without_effect =
            ["version:", "training.steps:", "training.evaluate_every:", "evaluation"];
        lines.retain(|line| !without_effect.iter().any(|field| line.starts_with(field)));
        lines
    }
}

/// How many classes the labels of `data` name.
fn classes_of(data: &ImageSet) -> Result<usize, ConfigError> {
    match data.labels().and_then(|labels| labels.iter().max()) {
        Some(&most) => Ok(usize::from(most) + 1),
        None => {
            let rule = format!("{} has no labels to learn classes from", data.name());
            Err(ConfigError::new("--conditional", true, rule))
        }
    }
}

/// The preset asked for, which must suit the data, or the one that suits it.
fn preset_for(data: &ImageSet, args: &TrainArgs, file: &ConfigFile) -> Result<Preset, Failure> {
    let usual = if data.is_points() { Preset::Points } else { Preset::Tutorial };
    match (file.preset(args.preset.map(Preset::from), usual)?, data.is_points()) {
        (Preset::Points, false) => Err(Failure::usage(format!(
            "the preset points is for points of the plane, {} holds images of shape {:?}",
            data.name(),
            data.shape()
        ))
        .hint("`gan data synth ring --out ring.npz` makes points; --preset mlp is the same game for images")),
        (Preset::Points, true) => Ok(Preset::Points),
        (preset, true) => Err(Failure::usage(format!(
            "the preset {} draws images in [0, 1], {} holds points of any range",
            preset.name(),
            data.name()
        ))
        .hint("take --preset points; every number of it has a flag")),
        (preset, false) => Ok(preset),
    }
}

fn collect_differences(path: &str, old: &Value, new: &Value, lines: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in old {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect_differences(&path, value, new.get(key).unwrap_or(&Value::Null), lines);
            }
        }
        _ if old != new => lines.push(format!("{path}: {old} → {new}")),
        _ => {}
    }
}
