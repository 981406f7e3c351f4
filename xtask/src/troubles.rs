//! Two libraries of recorded runs, healthy ones and ones with a known trouble, on which the doctor is
//! measured: its thresholds were set on the first, its rates are told of the second, which differs in
//! data, networks, losses and seeds.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::{Outcome, cargo, program};

const FIXTURES: &str = "crates/gan-run/tests/fixtures/troubles";

/// Runs that differ in their seed alone.
struct Kind {
    name: &'static str,
    /// A synthetic set, or none for MNIST.
    data: Option<&'static str>,
    flags: &'static [&'static str],
    /// Troubles that the flags bring about.
    must: &'static [&'static str],
    /// Troubles that may come with them: seeing them is neither right nor wrong.
    may: &'static [&'static str],
    seeds: std::ops::Range<u64>,
}

/// Small networks on points of the plane.
const POINTS: &str = "--preset points --hidden 48,48 --batch-size 48 --steps 2000 --report-every 40 \
     --samples-every 200 --snapshot-every 0 --checkpoint-every 0 --evaluate-every 2000 \
     --metric diversity_points_500";
/// Small networks on MNIST, whose digits are counted at the end.
const DIGITS: &str = "--hidden 64 --batch-size 32 --steps 2000 --report-every 40 --samples-every 200 \
     --snapshot-every 1000 --checkpoint-every 0 --evaluate-every 2000 --metric rarest_class_mnistcnn_1k";
/// The same of other depth and activation.
const OTHER_DIGITS: &str = "--hidden 48,48 --activation leaky-relu --batch-size 24 --steps 1500 \
     --report-every 30 --samples-every 250 --snapshot-every 750 --checkpoint-every 0 \
     --evaluate-every 1500 --metric rarest_class_mnistcnn_1k";
/// Points with other networks.
const OTHER_POINTS: &str = "--preset points --hidden 32,32,32 --batch-size 32 --steps 1500 --ema-half-life 4000 \
     --report-every 30 --samples-every 250 --snapshot-every 0 --checkpoint-every 0 \
     --evaluate-every 1500 --metric diversity_points_500";
/// Images that are no digits.
const SCENES: &str = "--hidden 64 --batch-size 24 --steps 1500 --report-every 30 --samples-every 250 \
     --snapshot-every 0 --checkpoint-every 0 --evaluate-every 1500 --metric diversity_pixels_200";
/// Evaluations all along, of the distance.
const WATCHED: &str = "--evaluate-every 100 --metric fd_points_500";
/// Nothing holds the discriminator back.
const FREE: &str = "--r1-gamma 0 --r2-gamma 0";
/// The same, and momentum.
const SWINGING: &str = "--r1-gamma 0 --r2-gamma 0 --beta-1 0.9";

const NONE: &[&str] = &[];
const OF_A_WON_GAME: &[&str] = &["mode-collapse", "missing-class", "vanishing-gradient"];
const OF_A_WILD_GAME: &[&str] = &[
    "mode-collapse",
    "missing-class",
    "oscillation",
    "discriminator-saturation",
    "vanishing-gradient",
    "exploding-gradient",
    "non-finite",
];

/// What thresholds were set on.
const TUNING: &[Kind] = &[
    Kind { name: "ring", data: Some("ring"), flags: &[POINTS], must: NONE, may: NONE, seeds: 0..8 },
    Kind {
        name: "digits of mlp",
        data: None,
        flags: &["--preset mlp", DIGITS],
        must: NONE,
        may: &["mode-collapse"],
        seeds: 0..4,
    },
    Kind {
        name: "NaN of the textbook",
        data: None,
        flags: &[DIGITS, "--loss textbook --learning-rate 0.1"],
        must: &["non-finite"],
        may: OF_A_WILD_GAME,
        seeds: 0..4,
    },
    Kind {
        name: "digits, generator left behind",
        data: None,
        flags: &[DIGITS, "--learning-rate-g 1e-6"],
        must: &["discriminator-saturation"],
        may: OF_A_WON_GAME,
        seeds: 0..4,
    },
    Kind {
        name: "digits, saturating",
        data: None,
        flags: &[DIGITS, "--loss saturating --learning-rate-g 1e-5"],
        must: &["vanishing-gradient", "discriminator-saturation"],
        may: &["mode-collapse"],
        seeds: 0..3,
    },
    Kind {
        name: "ring, unbounded critic",
        data: Some("ring"),
        flags: &[
            POINTS,
            FREE,
            "--loss wasserstein --learning-rate 0.003 --hidden-g 16 --hidden-d 48,48,48",
        ],
        must: &["exploding-gradient"],
        may: OF_A_WILD_GAME,
        seeds: 0..4,
    },
    Kind {
        name: "ring, momentum",
        data: Some("ring"),
        flags: &[POINTS, SWINGING, "--loss non-saturating --learning-rate 0.002"],
        must: &["mode-collapse"],
        may: &["oscillation"],
        seeds: 0..4,
    },
    Kind {
        name: "ring, hinge, small networks",
        data: Some("ring"),
        flags: &[POINTS, SWINGING, "--loss hinge --learning-rate 0.001 --hidden 8"],
        must: &["oscillation"],
        may: &["mode-collapse"],
        seeds: 0..5,
    },
    Kind {
        name: "ring, watched",
        data: Some("ring"),
        flags: &[POINTS, WATCHED],
        must: NONE,
        may: NONE,
        seeds: 20..24,
    },
    Kind {
        name: "ring, at a standstill",
        data: Some("ring"),
        flags: &[POINTS, WATCHED, "--learning-rate 1e-9"],
        must: &["no-progress"],
        may: OF_A_WON_GAME,
        seeds: 0..4,
    },
];

/// What rates are told of.
const HELD_OUT: &[Kind] = &[
    Kind {
        name: "digits of mlp, hinge",
        data: None,
        flags: &["--preset mlp", OTHER_DIGITS, "--loss hinge"],
        must: NONE,
        may: &["mode-collapse"],
        seeds: 100..104,
    },
    Kind {
        name: "dots of mlp",
        data: Some("dots-six"),
        flags: &["--preset mlp", SCENES],
        must: NONE,
        may: NONE,
        seeds: 100..104,
    },
    Kind {
        name: "dots, NaN of the textbook",
        data: Some("dots-six"),
        flags: &[SCENES, "--loss textbook --learning-rate 0.2"],
        must: &["non-finite"],
        may: OF_A_WILD_GAME,
        seeds: 100..104,
    },
    Kind {
        name: "polygons, generator left behind",
        data: Some("polygons"),
        flags: &[SCENES, "--learning-rate-g 1e-6 --beta-1 0.5"],
        must: &["discriminator-saturation"],
        may: OF_A_WON_GAME,
        seeds: 100..104,
    },
    Kind {
        name: "dots, saturating",
        data: Some("dots-six"),
        flags: &[SCENES, "--loss saturating --learning-rate-g 1e-5"],
        must: &["vanishing-gradient", "discriminator-saturation"],
        may: &["mode-collapse"],
        seeds: 100..104,
    },
    Kind {
        name: "grid, unbounded critic",
        data: Some("grid"),
        flags: &[
            OTHER_POINTS,
            FREE,
            "--loss wasserstein --learning-rate 0.002 --hidden-g 24 --hidden-d 64,64,64,64",
        ],
        must: &["exploding-gradient"],
        may: OF_A_WILD_GAME,
        seeds: 200..204,
    },
    Kind {
        name: "grid, momentum",
        data: Some("grid"),
        flags: &[OTHER_POINTS, SWINGING, "--loss non-saturating --learning-rate 0.002"],
        must: &["mode-collapse"],
        may: &["oscillation"],
        seeds: 200..204,
    },
    Kind {
        name: "ring, clipped critic",
        data: Some("ring"),
        flags: &[
            OTHER_POINTS,
            SWINGING,
            "--loss wasserstein --weight-clip 0.3 --learning-rate 0.001 --hidden 8",
        ],
        must: &["oscillation"],
        may: &["mode-collapse"],
        seeds: 200..204,
    },
    Kind {
        name: "digits of the tutorial",
        data: None,
        flags: &[OTHER_DIGITS],
        must: NONE,
        may: &["mode-collapse", "discriminator-saturation"],
        seeds: 100..104,
    },
    Kind {
        name: "grid, watched",
        data: Some("grid"),
        flags: &[OTHER_POINTS, WATCHED],
        must: NONE,
        may: NONE,
        seeds: 220..224,
    },
    Kind {
        name: "grid, at a standstill",
        data: Some("grid"),
        flags: &[OTHER_POINTS, WATCHED, "--learning-rate 1e-9"],
        must: &["no-progress"],
        may: OF_A_WON_GAME,
        seeds: 200..204,
    },
    Kind {
        name: "grid",
        data: Some("grid"),
        flags: &[OTHER_POINTS],
        must: NONE,
        may: NONE,
        seeds: 200..220,
    },
];

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
