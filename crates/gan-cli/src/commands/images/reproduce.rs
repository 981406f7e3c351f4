//! `gan reproduce`: draws a picture of `gan sample` again, and says whether it is the same.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use gan_data::picture::{Picture, decode_png, is_animated_png, png_text};
use gan_run::RunDir;
use gan_weights::sha256;

use super::sample;
use crate::VERSION;
use crate::failure::Failure;
use crate::flags::{self, Command, ReproduceArgs};
use crate::sampling::origin;
use crate::terminal;

pub fn run(args: &ReproduceArgs) -> Result<(), Failure> {
    let failure = |what: String| Failure::new(format!("{}: {what}", args.picture.display()));
    let bytes = std::fs::read(&args.picture).map_err(|error| failure(error.to_string()))?;
    if !bytes.starts_with(b"\x89PNG") {
        return Err(Failure::usage(format!("{}: no PNG picture", args.picture.display()))
            .hint("pictures of `gan sample --out FILE.png` are drawn again; `gan info` says what a file is"));
    }
    let text = png_text(&bytes).map_err(|error| failure(error.to_string()))?;
    let text: BTreeMap<String, String> = text.into_iter().collect();
    let (Some(hash), true) = (text.get(origin::SNAPSHOT), text.contains_key(origin::SEEDS)) else {
        return Err(failure("does not say which snapshot and seeds it was drawn from".to_owned())
            .hint("`gan sample --seeds … --out FILE.png` writes pictures that do; `gan info` says what this one tells"));
    };
    if is_animated_png(&bytes) {
        return Err(failure(
            "an animation, and only pictures of `gan sample` are drawn again".to_owned(),
        )
        .hint("`gan info` says which seeds it goes through: gan interpolate draws them"));
    }
    let snapshot = find(args, hash)?;
    let original = decode_png(&bytes).map_err(|error| failure(error.to_string()))?;
    let again = draw(args, &text, &snapshot)?;
    let from = text.get("Software").map_or("another program", String::as_str);
    match difference(&original, &again) {
        None => {
            let (picture, snapshot) = (args.picture.display(), snapshot.display());
            Ok(terminal::print(format!("{picture}: the same to the bit, drawn from {snapshot}"))?)
        }
        Some(what) => Err(failure(format!("drawn again, {what}")).hint(format!(
            "it was drawn by {from}, this is gan {VERSION}; --out FILE.png keeps the new picture"
        ))),
    }
}

/// The snapshot that is named, or the one in the runs of --outdir that has this hash.
fn find(args: &ReproduceArgs, hash: &str) -> Result<PathBuf, Failure> {
    let has_it = |file: &PathBuf| std::fs::read(file).is_ok_and(|bytes| sha256(&bytes) == hash);
    let candidates: Vec<PathBuf> = match &args.source {
        Some(path) if path.is_dir() => snapshots(&RunDir::open(path)?),
        Some(path) => vec![path.clone()],
        None => RunDir::list(&args.outdir)?.iter().rev().flat_map(snapshots).collect(),
    };
    candidates.iter().find(|file| has_it(file)).cloned().ok_or_else(|| {
        let place = args.source.as_ref().unwrap_or(&args.outdir);
        Failure::new(format!(
            "none of the {} snapshots in {} is the one that the picture was drawn from",
            candidates.len(),
            place.display()
        ))
        .hint(format!("its SHA-256 begins with {}: name the file, or its --outdir", prefix(hash)))
    })
}

fn snapshots(run: &RunDir) -> Vec<PathBuf> {
    let best = run.file(gan_run::names::BEST);
    run.snapshots().into_iter().map(|(_, file)| file).chain([best]).collect()
}

/// What `gan sample` draws of it now.
fn draw(
    args: &ReproduceArgs,
    text: &BTreeMap<String, String>,
    snapshot: &Path,
) -> Result<Picture, Failure> {
    let folder = std::env::temp_dir().join(format!("gan-reproduce-{}", std::process::id()));
    let out = args.out.clone().unwrap_or_else(|| folder.join("again.png"));
    let mut line: Vec<OsString> = ["gan", "sample"].map(OsString::from).to_vec();
    line.push(snapshot.into());
    for (keyword, flag) in origin::KEYWORDS {
        let value = match (keyword, args.backend) {
            (origin::BACKEND, Some(backend)) => Some(backend.name().to_owned()),
            _ => text.get(keyword).cloned(),
        };
        line.extend(value.map(|value| format!("{flag}={value}").into()));
    }
    line.extend(["--out".into(), out.clone().into()]);
    let parsed = flags::parse(line).map_err(|error| {
        Failure::new(format!(
            "{}: asks for what this version does not know: {error}",
            args.picture.display()
        ))
    })?;
    let Some(Command::Sample(sampling)) = parsed.command else {
        unreachable!("the line begins with `gan sample`")
    };
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let drawn = sample::write(&sampling).and_then(|()| {
        let bytes = std::fs::read(&out)
            .map_err(|error| Failure::new(format!("{}: {error}", out.display())))?;
        Ok(decode_png(&bytes)?)
    });
    let _ = std::fs::remove_dir_all(&folder);
    drawn
}

/// In what two pictures differ.
fn difference(original: &Picture, again: &Picture) -> Option<String> {
    let size = |picture: &Picture| [picture.width, picture.height, picture.channels];
    if size(original) != size(again) {
        let [[a, b, _], [c, d, _]] = [size(original), size(again)];
        return Some(format!("it has {c} × {d} pixels, not {a} × {b}"));
    }
    let differences = original.bytes.iter().zip(&again.bytes).map(|(a, b)| a.abs_diff(*b));
    let differences: Vec<u8> = differences.filter(|&difference| difference > 0).collect();
    let largest = differences.iter().max()?;
    Some(format!(
        "{} of {} values differ, by up to {largest} of 255",
        differences.len(),
        original.bytes.len()
    ))
}

fn prefix(hash: &str) -> String {
    hash.chars().take(12).collect()
}
