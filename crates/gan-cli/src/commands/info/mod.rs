//! `gan info`: what a file or a folder is.

use std::path::Path;

use gan_run::{RunConfig, RunDir};
use gan_weights::WeightFile;

use crate::failure::Failure;
use crate::flags::InfoArgs;
use crate::terminal;

mod data;
mod files;
mod run;

use data::describe_data;
use files::{describe_gif, describe_lines, describe_png, describe_weights};
use run::{describe_config, describe_generator, describe_run};

/// What there is to say: a headline, and rows of a name and a value.
struct Description {
    headline: String,
    rows: Vec<(String, String)>,
}

pub fn run(args: &InfoArgs) -> Result<(), Failure> {
    Ok(terminal::print(describe(&args.path)?.text(&args.path))?)
}

fn describe(path: &Path) -> Result<Description, Failure> {
    if path.is_dir() {
        return match RunDir::open(path) {
            Ok(run) => describe_run(&run),
            Err(_) => describe_data(path),
        };
    }
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::new(format!("{}: cannot be read: {error}", path.display())))?;
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        _ if bytes.starts_with(b"\x89PNG") => describe_png(path, &bytes),
        _ if bytes.starts_with(b"GIF8") => describe_gif(path, &bytes),
        Some("json") => Ok(describe_config(&RunConfig::read(path)?)),
        Some("jsonl" | "txt") => describe_lines(path, &bytes),
        Some("safetensors") => describe_weights(path, bytes),
        _ if WeightFile::parse(&bytes).is_ok() => describe_weights(path, bytes),
        _ => describe_data(path),
    }
}

impl Description {
    fn new(headline: &str) -> Self {
        Self { headline: headline.to_owned(), rows: Vec::new() }
    }

    fn row(&mut self, name: &str, value: impl std::fmt::Display) {
        self.rows.push((name.to_owned(), value.to_string()));
    }

    fn config(&mut self, config: &RunConfig) {
        let training = &config.training;
        self.row("preset", &training.preset);
        self.row("data", format!("{} ({} images)", config.data.name, config.data.images));
        self.row("backend", &config.backend);
        self.row("seed", training.seed);
        self.row("steps", training.steps);
        self.row("batch size", training.batch_size);
        self.row("network", describe_generator(&training.generator));
    }

    fn text(&self, path: &Path) -> String {
        let rows = self.rows.iter().map(|(name, value)| format!("\n  {name:<16} {value}"));
        format!("{}: {}{}", path.display(), self.headline, rows.collect::<String>())
    }
}
