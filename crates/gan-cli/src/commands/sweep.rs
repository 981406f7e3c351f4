//! `gan sweep`: recipes × losses × seeds, one run after the other, and how often each fails.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::ValueEnum;
use gan_run::{RunDir, write_file};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::flags::SweepArgs;
use crate::metric_table::number;

const RESULT: &str = "result.json";
/// Exit code of a run whose loss was not finite.
const NOT_FINITE: i32 = 3;
/// Samples are taken for collapsed when they differ among each other by less than this share of
/// what real images do.
const COLLAPSED: f64 = 0.5;

/// A run of a sweep, as it is kept beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct RunResult {
    recipe: String,
    seed: u64,
    /// What `gan train` was told.
    flags: Vec<String>,
    outcome: Outcome,
    /// `fd_mnistcnn_2k` or the like, where the run ended well.
    metric: Option<String>,
    value: Option<f64>,
    ratio_to_floor: Option<f64>,
    classes_covered: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Trained,
    /// Its samples are alike, or miss a class of the data.
    Collapsed,
    NotFinite,
}

pub fn run(args: &SweepArgs) -> Result<(), Failure> {
    let runs = planned(args);
    let style = ProgressStyle::with_template("{bar:20} {pos}/{len} {msg} · {eta} left")
        .expect("a fixed template");
    let bar = ProgressBar::new(runs.len() as u64).with_style(style);
    let mut results = Vec::new();
    for (recipe, seed, flags) in runs {
        bar.set_message(format!("{recipe}, seed {seed}"));
        let folder = args.outdir.join(format!("{recipe}-seed{seed}"));
        let result = match finished(&folder, &flags)? {
            Some(result) => result,
            None => one_run(&folder, &recipe, seed, flags, args.samples)?,
        };
        if args.json {
            println!("{}", serde_json::to_string(&result).expect("plain data"));
        }
        results.push(result);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if !args.json {
        print(&results);
    }
    Ok(())
}

/// Recipe, seed and flags of every run.
fn planned(args: &SweepArgs) -> Vec<(String, u64, Vec<String>)> {
    fn name(value: &impl ValueEnum) -> String {
        let value = value.to_possible_value().expect("no value is skipped");
        value.get_name().to_owned()
    }
    let losses: Vec<Option<String>> = match args.loss.as_slice() {
        [] => vec![None],
        losses => losses.iter().map(|loss| Some(name(loss))).collect(),
    };
    let mut runs = Vec::new();
    for preset in args.preset.iter().map(name) {
        for loss in &losses {
            for &seed in &args.seeds.0 {
                let mut flags = vec!["--preset".to_owned(), preset.clone()];
                let mut recipe = preset.clone();
                if let Some(loss) = loss {
                    flags.extend(["--loss".to_owned(), loss.clone()]);
                    recipe = format!("{recipe}-{loss}");
                }
                flags.extend(["--seed".to_owned(), seed.to_string()]);
                flags.extend(args.train.iter().cloned());
                runs.push((recipe, seed, flags));
            }
        }
    }
    runs
}

/// The result that an earlier sweep has left in `folder`, which must have meant the same run.
fn finished(folder: &Path, flags: &[String]) -> Result<Option<RunResult>, Failure> {
    let path = folder.join(RESULT);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let result: RunResult = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    if result.flags != flags {
        return Err(Failure::usage(format!(
            "{}: this run was trained with {}, now it is {}",
            folder.display(),
            result.flags.join(" "),
            flags.join(" ")
        ))
        .hint("another --outdir for another sweep, or the same flags as before"));
    }
    Ok(Some(result))
}

/// Trains in `folder`, or goes on where an interrupted sweep stopped, and measures.
fn one_run(
    folder: &Path,
    recipe: &str,
    seed: u64,
    flags: Vec<String>,
    samples: usize,
) -> Result<RunResult, Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let outdir = folder.display().to_string();
    let mut train = vec!["train".to_owned(), "--outdir".to_owned(), outdir.clone()];
    match RunDir::latest(folder) {
        Ok(_) => train.push("--resume".to_owned()),
        Err(_) => train.extend(flags.iter().cloned()),
    }
    let mut result = RunResult {
        recipe: recipe.to_owned(),
        seed,
        flags,
        outcome: Outcome::NotFinite,
        metric: None,
        value: None,
        ratio_to_floor: None,
        classes_covered: None,
    };
    let trained = program(&train)?;
    match trained.status.code() {
        Some(0) => {
            let samples = samples.to_string();
            let flags = ["evaluate", "--outdir", &outdir, "--json", "--samples", &samples];
            let measured = program(&flags.map(str::to_owned))?;
            if !measured.status.success() {
                return Err(failed("gan evaluate", folder, &measured));
            }
            judge(&mut result, &String::from_utf8_lossy(&measured.stdout));
        }
        Some(NOT_FINITE) => {}
        // A child that Ctrl-C reached has saved its run; the sweep ends and can go on there.
        Some(130) => {
            return Err(Failure::interrupted(format!("within {}", folder.display()))
                .hint("the same command goes on with it"));
        }
        _ => return Err(failed("gan train", folder, &trained)),
    }
    let text = serde_json::to_string_pretty(&result).expect("plain data") + "\n";
    write_file(&folder.join(RESULT), text.as_bytes())?;
    Ok(result)
}

/// Reads the numbers of `gan evaluate --json`.
fn judge(result: &mut RunResult, lines: &str) {
    let measured: Vec<Value> =
        lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let find = |metric: &str| measured.iter().find(|number| number["metric"] == metric);
    let value = |metric: &str| Some((find(metric)?["value"].as_f64()?, find(metric)?));
    let share_of_real = |metric: &str| {
        let (value, number) = value(metric)?;
        Some(value / number["floor"]["value"].as_f64()?)
    };
    let alike = share_of_real("diversity").is_some_and(|share| share < COLLAPSED);
    let lacks_classes = share_of_real("classes_covered").is_some_and(|share| share < 1.0);
    result.outcome = match alike || lacks_classes {
        true => Outcome::Collapsed,
        false => Outcome::Trained,
    };
    if let Some((fd, number)) = value("fd") {
        result.metric = number["name"].as_str().map(str::to_owned);
        result.value = Some(fd);
        result.ratio_to_floor = number["ratio_to_floor"].as_f64();
    }
    result.classes_covered = value("classes_covered").map(|(covered, _)| covered);
}

fn print(results: &[RunResult]) {
    let mut recipes: Vec<&str> = results.iter().map(|result| result.recipe.as_str()).collect();
    recipes.dedup();
    let metric = results.iter().find_map(|result| result.metric.as_deref()).unwrap_or("fd");
    println!(
        "{:<28} {:>5} {:>8} {:>10} {:>10}  {metric}: median [lowest, highest]",
        "recipe", "runs", "failed", "not finite", "collapsed"
    );
    for recipe in recipes {
        let runs: Vec<&RunResult> = results.iter().filter(|run| run.recipe == recipe).collect();
        let count = |outcome| runs.iter().filter(|run| run.outcome == outcome).count();
        let (not_finite, collapsed) = (count(Outcome::NotFinite), count(Outcome::Collapsed));
        let mut values: Vec<f64> = runs.iter().filter_map(|run| run.value).collect();
        values.sort_by(f64::total_cmp);
        let spread = match values.as_slice() {
            [] => "–".to_owned(),
            values => format!(
                "{} [{}, {}]",
                number(values[values.len() / 2]),
                number(values[0]),
                number(values[values.len() - 1])
            ),
        };
        let rate = 100.0 * (not_finite + collapsed) as f64 / runs.len() as f64;
        println!(
            "{recipe:<28} {:>5} {rate:>6.0} % {not_finite:>10} {collapsed:>10}  {spread}",
            runs.len()
        );
    }
}

fn program(flags: &[String]) -> Result<std::process::Output, Failure> {
    let program: PathBuf = std::env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find this program: {error}")))?;
    Command::new(program)
        .args(flags)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("cannot start: {error}")))
}

fn failed(what: &str, folder: &Path, output: &std::process::Output) -> Failure {
    let told = String::from_utf8_lossy(&output.stderr);
    Failure::new(format!("{what} failed in {}: {}", folder.display(), told.trim()))
}
