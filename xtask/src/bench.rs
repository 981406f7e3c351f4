//! `cargo xtask bench`: training speed, alone, against earlier, and against other frameworks; and the
//! metrics beside those of others.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Outcome, cargo, example, program, run, target_dir};

/// Slower than this, compared with an earlier measurement, is a regression.
const SLOWER: f64 = 1.15;

/// `gan bench` with `flags`.
pub fn alone(flags: &[String]) -> Outcome {
    cargo(&["build", "--workspace", "--quiet"])?;
    let flags: Vec<&str> = ["bench"].into_iter().chain(flags.iter().map(String::as_str)).collect();
    run(program("gan"), &flags, Path::new("."))
}

/// Measures again what the file `old` (of `gan bench --json`) holds, and fails where a row has
/// become slower by more than 15 %.
pub fn compare(old: &Path, flags: &[String]) -> Outcome {
    cargo(&["build", "--workspace", "--quiet"])?;
    let parse = |text: &[u8], whose: &str| -> Result<Value, String> {
        serde_json::from_slice(text).map_err(|error| format!("{whose}: {error}"))
    };
    let text = std::fs::read(old).map_err(|error| format!("{}: {error}", old.display()))?;
    let before = parse(&text, &old.display().to_string())?;
    let output = Command::new(program("gan")).args(["bench", "--json"]).args(flags).output();
    let output = output.map_err(|error| format!("gan bench: {error}"))?;
    let now = parse(&output.stdout, "gan bench")?;

    let mut slower = Vec::new();
    let what = "backend preset batch pixels width threads";
    println!("{what:<42} {:>9} {:>9} {:>7}", "before", "now", "ratio");
    for row in rows(&now) {
        let name = name(row);
        let Some(earlier) = rows(&before).find(|row| self::name(row) == name) else { continue };
        let [then, now] = [earlier, row].map(|row| row["median_ms"].as_f64().unwrap_or(f64::NAN));
        println!("{name:<42} {then:>6.2} ms {now:>6.2} ms {:>6.2}×", now / then);
        if now > SLOWER * then {
            slower.push(name);
        }
    }
    match slower.is_empty() {
        true => Ok(()),
        false => Err(format!("slower by more than 15 %: {}", slower.join(", "))),
    }
}

fn rows(report: &Value) -> impl Iterator<Item = &Value> {
    report["rows"].as_array().into_iter().flatten()
}

/// What a row measures: one like it can be compared.
fn name(row: &Value) -> String {
    let text = |field: &str| row[field].as_str().unwrap_or("?").to_owned();
    let number =
        |field: &str| row[field].as_u64().map_or("-".to_owned(), |number| number.to_string());
    let [batch, pixels, width, threads] =
        ["batch_size", "image_size", "width", "threads"].map(number);
    format!("{} {} {batch} {pixels} {width} {threads}", text("backend"), text("preset"))
}

/// The same work in JAX, PyTorch and TensorFlow, side by side; see `benches/peers/bench_peers.py`.
pub fn peers(flags: &[String]) -> Outcome {
    cargo(&["build", "--workspace", "--examples", "--bins", "--quiet"])?;
    let python = environment("peers")?;
    let out = text(&target_dir().join("peers"));
    let preset = flags.iter().position(|flag| flag == "--preset").and_then(|at| flags.get(at + 1));
    let preset = preset.map_or("tutorial", String::as_str);
    let first_step = first_step(preset)?;
    let (gan, floor) = (text(&program("gan")), text(&example("gemm_floor")));
    let mut args = vec!["benches/peers/bench_peers.py", "--gan", &gan, "--floor", &floor];
    args.extend(["--first-step", &first_step, "--out", &out]);
    args.extend(flags.iter().map(String::as_str));
    run(python, &args, Path::new("."))
}

/// Whole programs beside those of the peers; see `benches/peers/bench_programs.py`.
pub fn programs(flags: &[String]) -> Outcome {
    cargo(&["build", "--workspace", "--examples", "--bins", "--quiet"])?;
    let python = environment("peers")?;
    let (gan, first_step) = (text(&program("gan")), first_step("tutorial")?);
    // As small as the peers' packages, which are those without a GPU.
    let cpu_only = target_dir().join("cpu-only");
    let only = ["--no-default-features", "--target-dir", &text(&cpu_only)];
    cargo(&[&["build", "-p", "gan-cli", "--quiet"], only.as_slice()].concat())?;
    let smallest =
        text(&cpu_only.join("debug").join(program("gan").file_name().unwrap_or_default()));
    let mut args = vec!["benches/peers/bench_programs.py", "--gan", &gan, "--smallest", &smallest];
    args.extend(["--first-step", &first_step]);
    args.extend(flags.iter().map(String::as_str));
    run(python, &args, Path::new("."))
}

/// A file with the weights before and after one step of `preset`, and what the step saw.
fn first_step(preset: &str) -> Result<String, String> {
    let file = text(&target_dir().join("peers.safetensors"));
    run(example("first_step"), &[&file, preset], Path::new("."))?;
    Ok(file)
}

/// The metrics beside SciPy and prdc; see `benches/peers/bench_metrics.py`.
pub fn metrics(flags: &[String]) -> Outcome {
    cargo(&["build", "--workspace", "--examples", "--bins", "--quiet"])?;
    let python = environment("metrics")?;
    let (gan, times) = (text(&program("gan")), text(&example("metric_times")));
    let mut args = vec!["benches/peers/bench_metrics.py", "--gan", &gan, "--metric-times", &times];
    args.extend(flags.iter().map(String::as_str));
    run(python, &args, Path::new("."))
}

/// A Python environment with what `benches/peers/requirements-<whose>.txt` lists, made once, in
/// `target/<whose>-venv`.
fn environment(whose: &str) -> Result<PathBuf, String> {
    let folder = target_dir().join(format!("{whose}-venv"));
    let python = folder.join("bin").join("python");
    let complete = folder.join("complete");
    if !complete.exists() {
        let requirements = format!("benches/peers/requirements-{whose}.txt");
        eprintln!("Downloads what {requirements} lists into {}, once", folder.display());
        run("python3".into(), &["-m", "venv", &text(&folder)], Path::new("."))?;
        let install = ["-m", "pip", "install", "-q", "-r", &requirements];
        run(python.clone(), &install, Path::new("."))?;
        std::fs::write(complete, "").map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(python)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
