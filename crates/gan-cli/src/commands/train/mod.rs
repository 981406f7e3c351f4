//! `gan train`: a run from its first step, or from where it stopped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use gan_run::RunDir;

use super::watch;
use crate::distributed::{self, Group};
use crate::failure::Failure;
use crate::flags::{TrainArgs, flag_of};
use crate::machine;
use crate::terminal::capture::capture;

mod advice;
mod follow;
mod resume;
mod start;
mod to_the_end;

/// Set by Ctrl-C and SIGTERM; the run ends after the step it is in.
static STOP: AtomicBool = AtomicBool::new(false);

pub fn run(args: &TrainArgs) -> Result<(), Failure> {
    let deadline = args.budget.map(|budget| Instant::now() + budget);
    STOP.store(false, Ordering::Relaxed);
    if args.tui && !args.dry_run {
        watch::check_terminal()?;
    }
    let group = Group::join(args.distributed)?;
    machine::set_threads(group.threads(args.threads));
    let result = match group.is_first() {
        true => begin(args, deadline, &group),
        // Rank 0 speaks for all.
        false => capture(|| begin(args, deadline, &group)).0.map_err(Failure::silenced),
    };
    // At the first exit code other than 0 a launcher ends all the others: what there is to say is said
    // before anybody ends, which they do together.
    match result {
        Err(failure) if group.is_shared() => {
            failure.report(flag_of);
            Err(failure.silenced())
        }
        result => result,
    }
}

fn begin(args: &TrainArgs, deadline: Option<Instant>, group: &Group) -> Result<(), Failure> {
    match &args.resume {
        None => start::start(args, deadline, group),
        Some(named) => {
            let path = distributed::path_of_first(group, || match named {
                Some(path) => Ok(path.clone()),
                None => Ok(RunDir::latest(&args.outdir)?.path().to_owned()),
            })?;
            resume::resume(&path, args, deadline, group)
        }
    }
}

/// The run ends after the step that a signal comes in; at once at the second one, unless other processes
/// take part, which a launcher may signal more than once.
fn listen_to_signals(group: &Group) {
    let is_shared = group.is_shared();
    // The handler can only be set once in a process, and a process trains once.
    let _ = ctrlc::set_handler(move || {
        if STOP.swap(true, Ordering::Relaxed) && !is_shared {
            watch::leave_terminal();
            std::process::exit(130);
        }
    });
}
