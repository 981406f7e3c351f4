//! A configuration file that a run starts from: TOML or JSON, all values or a few.

use std::path::{Path, PathBuf};

use gan_data::Rule;
use gan_run::{DataConfig, RunConfig};
use gan_training::Preset;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::machine::backend::Backend;

/// What a file says, in the shape of `config.json`; values that it leaves out are the preset's.
#[derive(Debug, Default)]
pub struct ConfigFile {
    path: PathBuf,
    values: Map<String, Value>,
}

impl ConfigFile {
    /// Reads the file at `path`: TOML if its name says so, otherwise JSON.
    ///
    /// # Errors
    /// If it cannot be read or is not well formed.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |problem: &dyn std::fmt::Display| {
            Failure::usage(format!("{}: {problem}", path.display()))
                .hint("`gan train --dry-run` shows what a configuration looks like")
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(&format!("cannot be read: {error}")))?;
        // Editors on Windows begin files with a byte order mark, which is no JSON.
        let text = text.trim_start_matches('\u{feff}');
        let is_toml = path.extension().is_some_and(|extension| extension == "toml");
        let values = match is_toml {
            true => toml::from_str(text)
                .map(without_nones)
                .map_err(|error| wrong(&format!("not TOML: {error}")))?,
            false => {
                serde_json::from_str(text).map_err(|error| wrong(&format!("not JSON: {error}")))?
            }
        };
        Ok(Self { path: path.to_owned(), values })
    }

    /// Every value that it sets, by its path, such as `training.seed`.
    pub fn values(&self) -> impl Iterator<Item = (String, String)> {
        fn add(name: String, value: &Value, to: &mut Vec<(String, String)>) {
            match value {
                Value::Object(fields) => {
                    for (field, value) in fields {
                        add(format!("{name}.{field}"), value, to);
                    }
                }
                _ => to.push((name, value.to_string())),
            }
        }
        let mut values = Vec::new();
        self.values.iter().for_each(|(name, value)| add(name.clone(), value, &mut values));
        values.into_iter()
    }

    /// Whether there is no file.
    pub fn is_none(&self) -> bool {
        self.path.as_os_str().is_empty()
    }

    /// The preset to begin with, the flag's or the file's; none where neither names one.
    ///
    /// # Errors
    /// If the two differ, or there is none of that name.
    pub fn preset(&self, flag: Option<Preset>) -> Result<Option<Preset>, Failure> {
        let Some(name) = self.text("/training/preset") else {
            return Ok(flag);
        };
        let preset = Preset::named(name).ok_or_else(|| {
            let names: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
            self.wrong(&format!("there is no preset `{name}`, only {}", names.join(", ")))
        })?;
        match flag {
            Some(flag) if flag != preset => Err(Failure::usage(format!(
                "--preset is {}, but {} is of the preset {name}",
                flag.name(),
                self.path.display()
            ))
            .hint("omit one of them, or take `preset` out of the file")),
            _ => Ok(Some(preset)),
        }
    }

    /// What becomes of pictures, where it says so.
    pub fn rule(&self) -> Option<Rule> {
        let rule = self.values.get("data")?.get("rule")?;
        serde_json::from_value(rule.clone()).ok()
    }

    /// Folder of the data that it names.
    pub fn data_path(&self) -> Option<PathBuf> {
        self.text("/data/path").map(PathBuf::from)
    }

    /// Refuses data other than those that the file was written for.
    pub fn check_data(&self, data: &DataConfig) -> Result<(), Failure> {
        match self.text("/data/checksum") {
            Some(checksum) if checksum != data.checksum => Err(self
                .wrong(&format!(
                    "written for {} with checksum {checksum}, but that of {} is {} now",
                    self.text("/data/name").unwrap_or("data"),
                    data.name,
                    data.checksum
                ))
                .hint("--data says which data you mean, whatever the file was written for")),
            _ => Ok(()),
        }
    }

    /// `config` with the file's values in place of its own.
    ///
    /// # Errors
    /// If the file has a key that no configuration has, or a value that none can have.
    pub fn over(&self, config: RunConfig) -> Result<RunConfig, Failure> {
        if self.values.is_empty() {
            return Ok(config);
        }
        let mut merged = serde_json::to_value(config).expect("plain data is always JSON");
        merge(&mut merged, Value::Object(self.values.clone()));
        let config: RunConfig = serde_json::from_value(merged).map_err(|error| {
            self.wrong(&format!("not a configuration of this program: {error}"))
                .hint("`gan train --dry-run` shows what one looks like")
        })?;
        match self.values.is_empty() {
            // Nothing is the file's: what is wrong comes from the data and the preset.
            true => config.training.check()?,
            false => {
                config
                    .training
                    .check()
                    .map_err(|error| self.wrong(&format!("training.{error}")))?;
                Backend::of(&config).map_err(|error| self.wrong(&error))?;
            }
        }
        Ok(config)
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        let mut keys = pointer.split('/').skip(1);
        let first = self.values.get(keys.next()?)?;
        keys.try_fold(first, |value, key| value.get(key))?.as_str()
    }

    fn wrong(&self, problem: &dyn std::fmt::Display) -> Failure {
        Failure::usage(format!("{}: {problem}", self.path.display()))
    }
}

/// Puts `new` over `old`, table by table. A table of another kind replaces the old one.
fn merge(old: &mut Value, new: Value) {
    let is_other_kind = |key: &str, old: &Map<String, Value>, new: &Map<String, Value>| matches!((old.get(key), new.get(key)), (Some(old), Some(new)) if old != new);
    match (old, new) {
        (Value::Object(old), Value::Object(new))
            if !["network", "kind"].iter().any(|key| is_other_kind(key, old, &new)) =>
        {
            for (key, value) in new {
                merge(old.entry(key).or_insert(Value::Null), value);
            }
        }
        (old, new) => *old = new,
    }
}

/// TOML has no null: the word "none" stands for it.
fn without_nones(mut values: Map<String, Value>) -> Map<String, Value> {
    fn visit(value: &mut Value) {
        match value {
            Value::String(text) if text == "none" => *value = Value::Null,
            Value::Object(table) => table.values_mut().for_each(visit),
            _ => {}
        }
    }
    values.values_mut().for_each(visit);
    values
}
