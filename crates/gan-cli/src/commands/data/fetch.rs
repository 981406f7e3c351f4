//! `gan data fetch`: a published data set, downloaded and checked.

use std::cell::Cell;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::flags::FetchArgs;
use crate::terminal::{self, Work, quoted};

pub fn run(args: &FetchArgs) -> Result<(), Failure> {
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from(args.set.name));
    terminal::say(format!(
        "{}: {} ({} MB), {}",
        args.set.name,
        args.set.summary,
        args.set.bytes().div_ceil(1_000_000),
        args.set.homepage
    ));
    let work = Work::begin("connecting");
    work.stage("bytes", args.set.bytes());
    let told = Cell::new(0);
    let progress = |bytes: u64| work.advance(bytes.saturating_sub(told.replace(bytes)));
    let path = args
        .set
        .fetch(&folder, args.mirror.as_deref(), &progress)
        .map_err(|error| Failure::new(error.to_string()))?;
    drop(work);
    terminal::say(format!("train on it: gan --data {}", quoted(&path)));
    Ok(terminal::print(path.display())?)
}
