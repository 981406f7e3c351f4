//! `gan train`: a run from its first step, or from where it stopped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use gan_run::RunDir;

use crate::failure::Failure;
use crate::flags::TrainArgs;
use crate::machine;

mod advice;
mod resume;
mod start;
mod to_the_end;

/// Set by Ctrl-C, SIGTERM and the end of the budget; the run ends after the step it is in.
static STOP: AtomicBool = AtomicBool::new(false);

pub fn run(args: &TrainArgs) -> Result<(), Failure> {
    let deadline = args.budget.map(|budget| Instant::now() + budget);
    machine::set_threads(args.threads);
    STOP.store(false, Ordering::Relaxed);
    match &args.resume {
        None => start::start(args, deadline),
        Some(named) => {
            let path = match named {
                Some(path) => path.clone(),
                None => RunDir::latest(&args.outdir)?.path().to_owned(),
            };
            resume::resume(&path, args, deadline)
        }
    }
}
