//! `gan info`: what a file or a folder is.

use std::path::Path;

use gan_metrics::read_statistics;
use gan_run::{RunConfig, RunDir};
use gan_weights::WeightFile;

use crate::config_file::ConfigFile;
use crate::failure::Failure;
use crate::flags::InfoArgs;
use crate::terminal;

mod data;
mod description;
mod files;
mod latents;
mod page;
mod run;

use data::describe_data;
use description::Description;
use files::{
    describe_animation, describe_lines, describe_onnx, describe_png, describe_statistics,
    describe_weights,
};
use latents::describe_latents;
use page::describe_page;
use run::{describe_config, describe_run, describe_runs, describe_values};

pub fn run(args: &InfoArgs) -> Result<(), Failure> {
    Ok(terminal::print(describe(&args.path)?.text(&args.path))?)
}

fn describe(path: &Path) -> Result<Description, Failure> {
    if path.is_dir() {
        return match RunDir::open(path) {
            Ok(run) => describe_run(&run),
            Err(_) => match RunDir::list(path) {
                Ok(runs) if !runs.is_empty() => Ok(describe_runs(&runs)),
                _ => describe_data(path),
            },
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
        Some("json") => describe_json(path),
        Some("toml") => Ok(describe_values(&ConfigFile::read(path)?)),
        Some("jsonl" | "txt") => describe_lines(path, &bytes),
        Some("safetensors") => describe_weights(path, bytes),
        Some("html" | "htm") => describe_html(path, &bytes),
        Some("onnx") => describe_network(path, &bytes),
        Some("npz") if let Ok(statistics) = read_statistics(path) => {
            Ok(describe_statistics(&statistics))
        }
        Some("npy") if let Some(latents) = describe_latents(path, &bytes) => Ok(latents),
        _ if WeightFile::parse(&bytes).is_ok() => describe_weights(path, bytes),
        _ => describe_data(path),
    }
}

fn describe_json(path: &Path) -> Result<Description, Failure> {
    let problem = match RunConfig::read(path) {
        Ok(config) => return Ok(describe_config(&config)),
        Err(error) => error,
    };
    match ConfigFile::read(path) {
        Ok(file) if file.values().any(|(name, _)| name.starts_with("training.")) => {
            Ok(describe_values(&file))
        }
        _ => Err(problem.into()),
    }
}

fn describe_html(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
    describe_page(&String::from_utf8_lossy(bytes)).ok_or_else(|| {
        Failure::new(format!("{}: an HTML page of another program", path.display()))
            .hint("`gan info` knows the pages of gan report, compare, sweep and lab")
    })
}

fn describe_network(path: &Path, bytes: &[u8]) -> Result<Description, Failure> {
    match gan_interop::about_onnx(bytes) {
        Some(about) => Ok(describe_onnx(about, bytes)),
        None => Err(Failure::new(format!("{}: no ONNX file, or a damaged one", path.display()))),
    }
}
