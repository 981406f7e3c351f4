//! The numbers of runs for other programs.

use std::fmt::Write;

use gan_run::{RunDir, RunError, StatsLine};
use serde_json::{Value, json};

/// Everything that runs have told of themselves, one JSON object.
///
/// # Errors
/// If a file of a run cannot be read.
pub fn json(runs: &[RunDir]) -> Result<String, RunError> {
    let of_run = |run: &RunDir| {
        Ok(json!({
            "run": run.name(),
            "path": run.path(),
            "config": run.config()?,
            "stats": run.stats()?.values,
            "metrics": run.metrics()?.values,
        }))
    };
    let runs = runs.iter().map(of_run).collect::<Result<Vec<Value>, RunError>>()?;
    Ok(serde_json::to_string_pretty(&json!({ "runs": runs })).expect("plain data") + "\n")
}

/// The lines of `stats.jsonl` of all runs in the long form that R, pandas and spreadsheets group:
/// `run,step,name,value`. A value that is not finite is empty.
///
/// # Errors
/// If a file of a run cannot be read.
pub fn csv(runs: &[RunDir]) -> Result<String, RunError> {
    let mut text = "run,step,name,value\n".to_owned();
    for run in runs {
        let name = field(&run.name());
        for line in run.stats()?.values {
            for (key, value) in numbers(&line) {
                let step = line.step();
                writeln!(text, "{name},{step},{},{value}", field(&key)).expect("memory");
            }
        }
    }
    Ok(text)
}

/// The values of a line by key. An interval becomes two.
fn numbers(line: &StatsLine) -> Vec<(String, String)> {
    let Value::Object(values) = serde_json::to_value(line).expect("plain data") else {
        return Vec::new();
    };
    let is_value = |key: &str| key != "progress/step";
    let mut numbers = Vec::new();
    for (key, value) in values.into_iter().filter(|(key, _)| is_value(key)) {
        match value {
            Value::Array(ends) => {
                let ends = ends.into_iter().zip(["low", "high"]);
                numbers
                    .extend(ends.map(|(value, end)| (format!("{key}/{end}"), value.to_string())));
            }
            Value::Null => numbers.push((key, String::new())),
            value => numbers.push((key, value.to_string())),
        }
    }
    numbers
}

/// As RFC 4180 writes it.
fn field(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
