//! `docs/presets.md`: its tables, from the presets themselves and from what was measured of them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{Outcome, cargo, program};

const PAGE: &str = "docs/presets.md";
/// What was measured: an array of rows, see [`measured`].
const MEASURED: &str = "benches/presets.json";
const BEGIN: &str = "<!-- made by cargo xtask presets -->\n";
const END: &str = "<!-- end -->\n";
/// A value of a preset: what it is called, and how it is told from the configuration.
type Row = (&'static str, fn(&Value) -> String);

/// The presets for images; `points` is for points alone.
const PRESETS: [&str; 6] = ["tutorial", "mlp", "wgan-gp", "dcgan", "r3-small", "r3"];

/// Puts the tables into the page.
pub fn write() -> Outcome {
    let page = page()?;
    std::fs::write(PAGE, page).map_err(|error| format!("{PAGE}: {error}"))
}

/// Refuses a page that says other values than the presets.
pub fn check() -> Outcome {
    match page()? == read(PAGE)? {
        true => Ok(()),
        false => Err(format!("{PAGE} is not what `cargo xtask presets` makes: run it")),
    }
}

/// The page as it should be: what is written by hand, around today's tables.
fn page() -> Result<String, String> {
    cargo(&["build", "--workspace", "--locked", "--quiet"])?;
    let old = read(PAGE)?;
    let (before, rest) = old.split_once(BEGIN).ok_or(format!("{PAGE}: no {BEGIN}"))?;
    let (_, after) = rest.split_once(END).ok_or(format!("{PAGE}: no {END}"))?;
    Ok(format!("{before}{BEGIN}\n{}\n{}\n{END}{after}", presets()?, measured()?))
}

/// A column for each preset, a row for each of its values.
fn presets() -> Result<String, String> {
    let configs = PRESETS.map(resolved);
    let configs = configs.into_iter().collect::<Result<Vec<Value>, String>>()?;
    let rows: [Row; 12] = [
        ("generator", |config| network(&config["generator"])),
        ("last layer", |config| match &config["generator"]["output"] {
            Value::Null => "sigmoid".to_owned(),
            output => text(output),
        }),
        ("discriminator", |config| network(&config["discriminator"])),
        ("latents", |config| {
            let latents = &config["generator"]["latents"];
            format!("{} {}", latents["dim"], text(&latents["distribution"]))
        }),
        ("loss", |config| text(&config["loss"])),
        ("R1, R2 (γ)", |config| {
            let penalties = &config["penalties"];
            format!("{}, {}", schedule(&penalties["r1_gamma"]), schedule(&penalties["r2_gamma"]))
        }),
        ("gradient penalty", |config| match &config["penalties"]["gradient_penalty"] {
            Value::Null => "–".to_owned(),
            penalty => format!("{}, λ {}", text(&penalty["kind"]), penalty["lambda"]),
        }),
        ("updates of D", |config| text(&config["stabilisers"]["d_steps_per_g_step"])),
        ("EMA of G, half-life", |config| match &config["stabilisers"]["generator_ema"] {
            Value::Null => "–".to_owned(),
            average => format!("{} images", average["half_life_images"]),
        }),
        ("Adam: rate, β₁, β₂", |config| {
            let adam = &config["generator_adam"];
            let rate = schedule(&adam["learning_rate"]);
            format!("{rate}, {}, {}", adam["beta_1"], schedule(&adam["beta_2"]))
        }),
        ("batch", |config| text(&config["batch_size"])),
        ("steps", |config| text(&config["steps"])),
    ];
    let mut table = line("", PRESETS.iter().map(|name| format!("`{name}`")));
    table += &line("---", PRESETS.iter().map(|_| "---".to_owned()));
    for (name, number) in rows {
        table += &line(name, configs.iter().map(number));
    }
    Ok(table)
}

/// The preset called `name`, for MNIST, as the program resolves it.
fn resolved(name: &str) -> Result<Value, String> {
    let output = Command::new(program("gan"))
        .args(["train", "--dry-run", "--preset", name])
        .output()
        .map_err(|error| format!("gan: {error}"))?;
    let config: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("gan train --dry-run --preset {name}: {error}"))?;
    Ok(config["training"].clone())
}

fn network(config: &Value) -> String {
    match config["network"].as_str() {
        Some("mlp") => format!("fully connected, {}", list(&config["hidden"])),
        Some("dcgan") => match &config["dense"] {
            Value::Null => format!("DCGAN, width {}", config["width"]),
            dense => format!("DCGAN, width {}, dense {}", config["width"], list(dense)),
        },
        _ => {
            let stages = &config["stages"];
            format!(
                "residual, widths {}, {} blocks each, patches of {}",
                list(&stages["widths"]),
                stages["blocks"],
                stages["patch"]
            )
        }
    }
}

/// A row for each measurement: several seeds as mean and, in brackets, lowest and highest.
fn measured() -> Result<String, String> {
    let rows: Vec<Value> =
        serde_json::from_str(&read(MEASURED)?).map_err(|error| format!("{MEASURED}: {error}"))?;
    let columns =
        ["command", "seeds", "steps", "time", "memory", "FD", "FD / baseline", "precision"]
            .into_iter()
            .chain(["recall", "rarest class", "machine"]);
    let columns: Vec<String> = columns.map(str::to_owned).collect();
    let mut table = line("data", columns.iter().cloned());
    table += &line("---", columns.iter().map(|_| "---".to_owned()));
    for row in &rows {
        let cells = [
            format!("`{}`", text(&row["command"])),
            text(&row["seeds"]),
            text(&row["steps"]),
            text(&row["time"]),
            text(&row["memory"]),
            spread(&row["fd"], 1),
            spread(&row["ratio"], 1),
            spread(&row["precision"], 3),
            spread(&row["recall"], 3),
            spread(&row["rarest_share"], 1) + " %",
            text(&row["machine"]),
        ];
        table += &line(&text(&row["data"]), cells.into_iter());
    }
    Ok(table)
}

fn spread(values: &Value, digits: usize) -> String {
    let values: Vec<f64> = match values {
        Value::Array(values) => values.iter().filter_map(Value::as_f64).collect(),
        value => value.as_f64().into_iter().collect(),
    };
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match values.len() {
        0 => "–".to_owned(),
        1 => format!("{mean:.digits$}"),
        _ => format!("{mean:.digits$} [{lowest:.digits$}, {highest:.digits$}]"),
    }
}

fn line(head: &str, cells: impl Iterator<Item = String>) -> String {
    format!("| {head} | {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// A number, or from where to where it goes along a cosine that ends with the run.
fn schedule(value: &Value) -> String {
    match value {
        Value::Object(cosine) => format!("{} → {}", cosine["from"], cosine["to"]),
        number => number.to_string(),
    }
}

fn list(numbers: &Value) -> String {
    let numbers = numbers.as_array().into_iter().flatten();
    numbers.map(Value::to_string).collect::<Vec<_>>().join("–")
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

fn read(path: impl AsRef<Path>) -> Result<String, String> {
    let path = path.as_ref();
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
