//! What a run has left.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Outcome;

pub fn newest(outdir: &Path) -> Result<PathBuf, String> {
    let entries =
        std::fs::read_dir(outdir).map_err(|error| format!("{}: {error}", outdir.display()))?;
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir());
    folders.max().ok_or_else(|| format!("{}: no run", outdir.display()))
}

pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The losses of every report.
pub fn losses(run: &Path) -> Result<Vec<f64>, String> {
    let text = read(&run.join("stats.jsonl"))?;
    Ok(["loss/d", "loss/g"].iter().flat_map(|name| lines(&text, name)).collect())
}

/// The numbers called `name` in lines of JSON.
fn lines(text: &[u8], name: &str) -> Vec<f64> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter_map(|line| line[name].as_f64()).collect()
}

/// Rounding, grown over 40 steps.
pub fn near(expected: &[f64], found: &[f64], what: &str) -> Outcome {
    let difference = expected.iter().zip(found).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    eprintln!("  {what}: losses differ by at most {difference:.1e}");
    match !expected.is_empty() && expected.len() == found.len() && difference < 1e-3 {
        true => Ok(()),
        false => Err(format!("{what}: losses {found:?}, alone {expected:?}")),
    }
}

/// The step in the description of a checkpoint, a safetensors file.
pub fn checkpoint_step(run: &Path) -> Result<u64, String> {
    let bytes = read(&run.join("checkpoint.safetensors"))?;
    let length = bytes.first_chunk::<8>().map_or(0, |length| u64::from_le_bytes(*length)) as usize;
    let header = bytes.get(8..8 + length).unwrap_or_default();
    let header: Value = serde_json::from_slice(header).map_err(|error| error.to_string())?;
    let state = header["__metadata__"]["gan-checkpoint"].as_str().unwrap_or_default();
    let state: Value = serde_json::from_str(state).map_err(|error| error.to_string())?;
    state["step"].as_u64().ok_or_else(|| "a checkpoint without a step".to_owned())
}
