//! `gan data pack`: images decoded once, into one file.

use gan_data::Rule;
use gan_training::Preset;

use crate::failure::Failure;
use crate::flags::PackArgs;
use crate::terminal::{self, Work};

pub fn run(args: &PackArgs) -> Result<(), Failure> {
    if args.out.exists() {
        return Err(Failure::new(format!("{}: is there already", args.out.display()))
            .hint("name another file, or take it away first; runs may depend on it"));
    }
    let work = Work::begin("looking at the images");
    let progress = |what: &str, done: usize, total: usize| {
        if done == 1 {
            work.stage(what, total as u64);
        }
        work.advance(1);
    };
    let options = gan_data::OpenOptions {
        accepts: Some(&Preset::is_suited_to),
        progress: Some(&progress),
        ..args.rule.options(Rule::default())
    };
    let (set, report) = gan_data::pack(&args.path, &options, &args.out)?;
    drop(work);
    for line in report.lines(set.shape()) {
        terminal::say(line);
    }
    Ok(terminal::print(args.out.display())?)
}
