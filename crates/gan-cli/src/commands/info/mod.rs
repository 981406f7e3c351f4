//! `gan info`: what a file or a folder is.

use std::path::Path;

use gan_run::{RunConfig, RunDir};
use gan_weights::WeightFile;

use crate::failure::Failure;
use crate::flags::InfoArgs;
use crate::terminal;

mod data;
mod description;
mod files;
mod run;

use data::describe_data;
use description::Description;
use files::{describe_animation, describe_lines, describe_png, describe_weights};
use run::{describe_config, describe_run};

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
        _ if bytes.starts_with(b"GIF8") || bytes.get(8..12) == Some(b"WEBP") => {
            describe_animation(path, &bytes)
        }
        Some("json") => Ok(describe_config(&RunConfig::read(path)?)),
        Some("jsonl" | "txt") => describe_lines(path, &bytes),
        Some("safetensors") => describe_weights(path, bytes),
        _ if WeightFile::parse(&bytes).is_ok() => describe_weights(path, bytes),
        _ => describe_data(path),
    }
}
