//! Two libraries of recorded runs, healthy ones and ones with a known trouble, on which the doctor is
//! measured: its thresholds were set on the first, its rates are told of the second, which differs in
//! data, networks, losses and seeds.

mod kinds;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use kinds::{HELD_OUT, Kind, TUNING};

use crate::{Outcome, cargo, program};

const FIXTURES: &str = "crates/gan-run/tests/fixtures/troubles";

/// Trains and records one library, or both.
pub fn record(library: Option<&str>) -> Outcome {
    cargo(&["build", "-p", "gan-cli", "--quiet"])?;
    let folder = std::env::temp_dir().join(format!("gan-troubles-{}", std::process::id()));
    make(&folder)?;
    for (name, kinds) in [("tuning", TUNING), ("held-out", HELD_OUT)] {
        if library.is_none_or(|library| library == name) {
            one_library(name, kinds, &folder)?;
        }
    }
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn one_library(name: &str, kinds: &[Kind], folder: &Path) -> Outcome {
    let mut text = String::new();
    for kind in kinds {
        for seed in kind.seeds.clone() {
            text += &(one_run(kind, seed, folder)?.to_string() + "\n");
            eprintln!("{name}: {}, seed {seed}", kind.name);
        }
    }
    make(Path::new(FIXTURES))?;
    let path = Path::new(FIXTURES).join(format!("{name}.jsonl.gz"));
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = GzEncoder::new(Vec::new(), Compression::best());
    file.write_all(text.as_bytes()).map_err(failed)?;
    std::fs::write(&path, file.finish().map_err(failed)?).map_err(failed)
}

/// Trains, and gives the line of the library.
fn one_run(kind: &Kind, seed: u64, folder: &Path) -> Result<Value, String> {
    let outdir = folder.join("runs");
    if outdir.exists() {
        std::fs::remove_dir_all(&outdir)
            .map_err(|error| format!("{}: {error}", outdir.display()))?;
    }
    let mut flags: Vec<String> = Vec::new();
    if let Some(set) = kind.data {
        flags.extend(["--data".to_owned(), synthetic(set, folder)?.display().to_string()]);
    }
    // Of a flag that is given twice, the last counts here.
    flags.extend(merged(kind.flags));
    flags.extend(["--seed".to_owned(), seed.to_string()]);
    let hidden = ["--threads".to_owned(), "1".to_owned(), "--outdir".to_owned()];
    let output = gan(|command| {
        command.arg("train").args(&flags).args(&hidden).arg(&outdir);
    })?;
    // Ended well, or with a value that was not finite.
    if !matches!(output.code, Some(0 | 3)) {
        return Err(format!("gan train {}: {}", flags.join(" "), output.stderr));
    }
    let run = std::fs::read_dir(&outdir)
        .ok()
        .and_then(|mut entries| entries.next()?.ok())
        .ok_or(format!("gan train {}: no run", flags.join(" ")))?
        .path();
    let config: Value = json_file(&run.join("config.json"))?;
    let events = read(&run.join("events.jsonl"))?;
    let kept = ["vitals", "sample-stats", "class-counts", "evaluated", "non-finite", "ended"];
    let events: Vec<Value> = events
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|event| kept.iter().any(|kind| event["event"] == *kind))
        .map(|mut event| {
            event.as_object_mut().map(|object| object.remove("time"));
            rounded(&event)
        })
        .collect();
    // Where the data lies says nothing.
    let shown = flags.iter().skip(if kind.data.is_some() { 2 } else { 0 });
    Ok(json!({
        "kind": kind.name,
        "data": kind.data,
        "seed": seed,
        "flags": shown.collect::<Vec<_>>(),
        "must": kind.must,
        "may": kind.may,
        "loss": config["training"]["loss"],
        "steps": config["training"]["steps"],
        "batch_size": config["training"]["batch_size"],
        "events": events,
    }))
}

/// Flags and their values, each flag once: the last one counts.
fn merged(parts: &[&str]) -> Vec<String> {
    let words: Vec<&str> = parts.iter().flat_map(|part| part.split_whitespace()).collect();
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for pair in words.chunks(2) {
        pairs.retain(|(flag, _)| *flag != pair[0]);
        pairs.push((pair[0], pair[1]));
    }
    pairs.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value.to_owned()]).collect()
}

fn synthetic(set: &str, folder: &Path) -> Result<PathBuf, String> {
    let path = folder.join(format!("{set}.npz"));
    if !path.exists() {
        let output = gan(|command| {
            command.args(["data", "synth", set, "--samples", "4000", "--out"]).arg(&path);
        })?;
        if output.code != Some(0) {
            return Err(format!("gan data synth {set}: {}", output.stderr));
        }
    }
    Ok(path)
}

struct Said {
    code: Option<i32>,
    stderr: String,
}

fn gan(with: impl FnOnce(&mut Command)) -> Result<Said, String> {
    let mut command = Command::new(program("gan"));
    with(&mut command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run gan: {error}"))?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(Said { code: output.status.code(), stderr })
}

/// Five digits of every number are enough for the watches, and a third of the file.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let rounded: f64 =
                format!("{:.4e}", number.as_f64().unwrap_or(0.0)).parse().unwrap_or(0.0);
            json!(rounded)
        }
        Value::Array(values) => values.iter().map(rounded).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), rounded(value))).collect())
        }
        other => other.clone(),
    }
}

fn make(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn json_file(path: &Path) -> Result<Value, String> {
    serde_json::from_str(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
