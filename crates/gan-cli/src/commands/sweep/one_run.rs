//! One run: trained or resumed, measured, and its result kept beside it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gan_run::{RunDir, write_file};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::Plan;
use crate::commands::doctor;
use crate::failure::{self, Failure};
use crate::flags::SweepArgs;

const RESULT: &str = "result.json";
/// What the run is trained with, before there is a result.
const FLAGS: &str = "flags.json";
/// Why a run has failed, beside it; gone once it has not.
pub(super) const FAILURE: &str = "failure.txt";

/// A generator has collapsed where its samples differ among each other by less than this fraction of
/// what real images do.
const COLLAPSED: f64 = 0.5;

/// A run of a sweep, as it is kept beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RunResult {
    /// Preset and loss.
    pub(super) setting: String,
    seed: u64,
    /// The flags of `gan train`.
    flags: Vec<String>,
    pub(super) outcome: Outcome,
    /// `fd_mnistcnn_2k` or the like, where the run ended well.
    pub(super) metric: Option<String>,
    pub(super) value: Option<f64>,
    ratio_to_baseline: Option<f64>,
    classes_covered: Option<f64>,
    /// Troubles that stand at its end, by name, as `gan doctor` sees them.
    #[serde(default)]
    pub(super) troubles: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Trained,
    /// Its samples are alike, or miss a class of the data.
    Collapsed,
    NotFinite,
}

/// The result that an earlier sweep has left in `folder`, which must have meant the same run.
pub(super) fn finished(folder: &Path, flags: &[String]) -> Result<Option<RunResult>, Failure> {
    let path = folder.join(RESULT);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let result: RunResult = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    same_flags(folder, &result.flags, flags)?;
    Ok(Some(result))
}

/// Keeps what the run in `folder` is trained with, or refuses other flags than an interrupted sweep has
/// kept there.
fn keep_flags(folder: &Path, flags: &[String]) -> Result<(), Failure> {
    let path = folder.join(FLAGS);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let kept: Vec<String> = serde_json::from_str(&text)
                .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
            same_flags(folder, &kept, flags)
        }
        Err(_) => {
            let text = serde_json::to_string(flags).expect("plain data") + "\n";
            Ok(write_file(&path, text.as_bytes())?)
        }
    }
}

fn same_flags(folder: &Path, kept: &[String], flags: &[String]) -> Result<(), Failure> {
    match kept == flags {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "{}: this run was trained with {}, now it is {}",
            folder.display(),
            kept.join(" "),
            flags.join(" ")
        ))
        .hint("another --outdir for another sweep, or the same flags as before")),
    }
}

/// Trains in `folder`, or resumes what an interrupted sweep left there, and evaluates.
pub(super) fn one_run(
    folder: &Path,
    plan: &Plan,
    args: &SweepArgs,
    threads: Option<usize>,
) -> Result<RunResult, Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    keep_flags(folder, &plan.flags)?;
    let outdir = folder.display().to_string();
    let threads = threads.map(|threads| format!("--threads={threads}"));
    let mut train = vec!["train".to_owned(), "--outdir".to_owned(), outdir.clone()];
    train.extend(threads.clone());
    match RunDir::latest(folder) {
        Ok(_) => train.push("--resume".to_owned()),
        Err(_) => train.extend(plan.flags.iter().cloned()),
    }
    let mut result = RunResult {
        setting: plan.setting.clone(),
        seed: plan.seed,
        flags: plan.flags.clone(),
        outcome: Outcome::NotFinite,
        metric: None,
        value: None,
        ratio_to_baseline: None,
        classes_covered: None,
        troubles: Vec::new(),
    };
    let trained = gan(&train)?;
    const NOT_FINITE: i32 = failure::NOT_FINITE as i32;
    const INTERRUPTED: i32 = failure::INTERRUPTED as i32;
    match trained.status.code() {
        Some(0) => {
            let samples = args.samples.to_string();
            let evaluate = ["evaluate", "--outdir", &outdir, "--json", "--samples", &samples];
            let mut evaluate: Vec<String> = evaluate.map(str::to_owned).into();
            evaluate.extend(threads);
            let measured = gan(&evaluate)?;
            if !measured.status.success() {
                return Err(failed("gan evaluate", folder, &measured));
            }
            result.read(&String::from_utf8_lossy(&measured.stdout));
        }
        Some(NOT_FINITE) => {}
        // A child that Ctrl-C reached has saved its run; the sweep ends and can resume there.
        Some(INTERRUPTED) => {
            return Err(Failure::interrupted(format!("within {}", folder.display()))
                .hint("the same command resumes it"));
        }
        _ => return Err(failed("gan train", folder, &trained)),
    }
    let doctor::Examined { diagnosis, .. } = doctor::examine(&RunDir::latest(folder)?)?;
    result.troubles =
        diagnosis.troubles.iter().map(|found| found.trouble.name().to_owned()).collect();
    let text = serde_json::to_string_pretty(&result).expect("plain data") + "\n";
    write_file(&folder.join(RESULT), text.as_bytes())?;
    let _ = std::fs::remove_file(folder.join(FAILURE));
    Ok(result)
}

impl RunResult {
    /// Takes the numbers of `gan evaluate --json`.
    fn read(&mut self, lines: &str) {
        let measured: Vec<Value> =
            lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let find = |metric: &str| measured.iter().find(|number| number["metric"] == metric);
        let value = |metric: &str| Some((find(metric)?["value"].as_f64()?, find(metric)?));
        let fraction_of_real = |metric: &str| {
            let (value, number) = value(metric)?;
            Some(value / number["baseline"]["value"].as_f64()?)
        };
        let alike = fraction_of_real("diversity").is_some_and(|fraction| fraction < COLLAPSED);
        let lacks_classes = fraction_of_real("classes_covered").is_some_and(|part| part < 1.0);
        self.outcome = match alike || lacks_classes {
            true => Outcome::Collapsed,
            false => Outcome::Trained,
        };
        if let Some((fd, number)) = value("fd") {
            self.metric = number["name"].as_str().map(str::to_owned);
            self.value = Some(fd);
            self.ratio_to_baseline = number["ratio_to_baseline"].as_f64();
        }
        self.classes_covered = value("classes_covered").map(|(covered, _)| covered);
    }
}

fn gan(flags: &[String]) -> Result<Output, Failure> {
    let program: PathBuf = std::env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find this program: {error}")))?;
    Command::new(program)
        .args(flags)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("cannot start: {error}")))
}

fn failed(what: &str, folder: &Path, output: &Output) -> Failure {
    let told = String::from_utf8_lossy(&output.stderr);
    let is_error = |line: &&str| line.starts_with("error: ");
    let why = told.lines().rfind(is_error).or(told.lines().last()).unwrap_or("without a word");
    // For `gan sweep --gather`. Where it cannot be written, the run is counted as not finished.
    let _ = write_file(&folder.join(FAILURE), format!("{what}: {why}\n").as_bytes());
    Failure::new(format!("{what} failed in {}: {}", folder.display(), told.trim()))
}
