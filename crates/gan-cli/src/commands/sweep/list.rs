//! The runs of a sweep as commands, for any scheduler.

use std::path::Path;

use super::plan::Plan;
use crate::failure::Failure;
use crate::flags::SweepArgs;
use crate::terminal;

/// Prints a command for each run. Each trains, or resumes, and evaluates one run, and depends on no other.
pub(super) fn list(plans: &[Plan], args: &SweepArgs) -> Result<(), Failure> {
    for plan in plans {
        terminal::print(command(plan, args))?;
    }
    let outdir = terminal::quoted(&args.outdir);
    terminal::say(format!(
        "{} above; gan sweep --gather --outdir {outdir} with the flags of this sweep makes the table",
        terminal::count(plans.len() as u64, "command")
    ));
    Ok(())
}

/// A sweep of this run alone.
fn command(plan: &Plan, args: &SweepArgs) -> String {
    let mut words = vec!["gan".to_owned(), "sweep".to_owned()];
    words.extend(["--outdir".to_owned(), args.outdir.display().to_string()]);
    words.extend(["--preset".to_owned(), plan.preset.clone()]);
    if let Some(loss) = &plan.loss {
        words.extend(["--loss".to_owned(), loss.clone()]);
    }
    words.extend(["--seeds".to_owned(), plan.seed.to_string()]);
    words.extend(["--samples".to_owned(), args.samples.to_string()]);
    if let Some(threads) = args.threads {
        words.extend(["--threads".to_owned(), threads.to_string()]);
    }
    if !args.train.is_empty() {
        words.push("--".to_owned());
        words.extend(args.train.iter().cloned());
    }
    let quoted = words.iter().map(|word| terminal::quoted(Path::new(word)));
    quoted.collect::<Vec<_>>().join(" ")
}
