//! Configurations: every value, beside the preset's and beside other runs'.

use gan_run::RunConfig;
use gan_training::Preset;
use serde_json::Value;

/// A value of a run's configuration.
pub struct Setting {
    /// Where it stands: `generator_adam.learning_rate`.
    pub field: String,
    /// The value.
    pub value: String,
    /// The preset's, where that is another.
    pub preset: Option<String>,
}

/// A field in which runs differ.
pub struct Difference {
    /// Where it stands.
    pub field: String,
    /// Each run's value.
    pub values: Vec<String>,
}

/// All values of the training, in the order of the file.
pub fn settings(config: &RunConfig) -> Vec<Setting> {
    let training = &config.training;
    let shape = training.generator.image_shape();
    let preset = Preset::named(&training.preset).map(|preset| {
        let preset = match training.generator.classes() {
            Some(classes) => preset.conditional(shape, classes),
            None => preset.config(shape),
        };
        leaves(&serde_json::to_value(preset).expect("plain data is always JSON"))
    });
    let own = leaves(&serde_json::to_value(training).expect("plain data is always JSON"));
    let of_preset = |field: &str| {
        let leaves = preset.as_ref()?;
        let found = leaves.iter().find(|(other, _)| other == field);
        Some(found.map_or_else(|| "–".to_owned(), |(_, value)| value.clone()))
    };
    own.into_iter()
        .map(|(field, value)| {
            let preset = of_preset(&field).filter(|preset| *preset != value);
            Setting { field, value, preset }
        })
        .collect()
}

/// Where the configurations differ.
pub fn differences(configs: &[RunConfig]) -> Vec<Difference> {
    let all: Vec<Vec<(String, String)>> = configs
        .iter()
        .map(|config| leaves(&serde_json::to_value(config).expect("plain data is always JSON")))
        .collect();
    let mut fields: Vec<&String> = Vec::new();
    for (field, _) in all.iter().flatten() {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    let value_in = |run: &Vec<(String, String)>, field: &str| {
        let found = run.iter().find(|(other, _)| other == field);
        found.map_or_else(|| "–".to_owned(), |(_, value)| value.clone())
    };
    fields
        .into_iter()
        .map(|field| Difference {
            field: field.strip_prefix("training.").unwrap_or(field).to_owned(),
            values: all.iter().map(|run| value_in(run, field)).collect(),
        })
        .filter(|row| row.values.iter().any(|value| *value != row.values[0]))
        .collect()
}

/// Every value and where it stands. A list is one value.
fn leaves(value: &Value) -> Vec<(String, String)> {
    fn visit(path: &str, value: &Value, leaves: &mut Vec<(String, String)>) {
        match value {
            Value::Object(values) => {
                for (key, value) in values {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    visit(&path, value, leaves);
                }
            }
            Value::Null => leaves.push((path.to_owned(), "none".to_owned())),
            // The steps of a run under a budget, in hundreds of stretches.
            Value::String(_) if path.ends_with("trajectory") => {
                leaves.push((path.to_owned(), "follows the time".to_owned()));
            }
            Value::String(text) => leaves.push((path.to_owned(), text.clone())),
            value => leaves.push((path.to_owned(), value.to_string())),
        }
    }
    let mut found = Vec::new();
    visit("", value, &mut found);
    found
}
