//! `gan report`: runs as one page to look at, or as numbers for other programs.

use std::path::PathBuf;

use gan_report::Pictures;
use gan_run::{RunDir, names, write_file};

use crate::failure::Failure;
use crate::flags::ReportArgs;
use crate::terminal;

pub fn run(args: &ReportArgs) -> Result<(), Failure> {
    let runs = match args.runs.as_slice() {
        [] => vec![RunDir::latest(&args.outdir)?],
        paths => paths.iter().map(|path| RunDir::open(path)).collect::<Result<Vec<_>, _>>()?,
    };
    if args.csv {
        return Ok(terminal::print(gan_report::csv(&runs)?.trim_end())?);
    }
    if args.json {
        return Ok(terminal::print(gan_report::json(&runs)?.trim_end())?);
    }
    let out = match (&args.out, runs.as_slice()) {
        (Some(path), _) => path.clone(),
        (None, [run]) => run.file(names::REPORT),
        (None, _) => PathBuf::from(names::REPORT),
    };
    write_file(&out, gan_report::page(&runs, Pictures::Inside)?.as_bytes())?;
    Ok(terminal::print(out.display())?)
}
