//! The table and the page of runs that were trained on their own, wherever that was.

use super::one_run::{FAILURE, RunResult, finished};
use super::plan::{Plan, folder_of};
use super::table::table;
use super::{print_json, write_page};
use crate::failure::Failure;
use crate::flags::SweepArgs;
use crate::terminal;

/// Reads what is there, and says what is not.
pub(super) fn gather(plans: &[Plan], args: &SweepArgs) -> Result<(), Failure> {
    let mut results: Vec<RunResult> = Vec::new();
    let (mut missing, mut failed) = (Vec::new(), Vec::new());
    for plan in plans {
        let folder = folder_of(plan, args);
        match finished(&folder, &plan.flags)? {
            Some(result) => {
                if args.json {
                    print_json(&result)?;
                }
                results.push(result);
            }
            None => {
                let why = std::fs::read_to_string(folder.join(FAILURE)).ok();
                let name = folder.display();
                match why.as_deref().and_then(|why| why.lines().next()) {
                    Some(why) => failed.push(format!("{name}: {why}")),
                    None if folder.is_dir() => missing.push(format!("{name}: not finished")),
                    None => missing.push(format!("{name}: not begun")),
                }
            }
        }
    }
    if results.is_empty() {
        return Err(Failure::new(format!(
            "{}: no run of this sweep is finished: of {}, {} failed and {} missing",
            args.outdir.display(),
            terminal::count(plans.len() as u64, "run"),
            failed.len(),
            missing.len()
        ))
        .hint("gan sweep --list with the same flags prints the commands that train them"));
    }
    write_page(plans, args)?;
    if !args.json {
        terminal::print(table(&results))?;
    }
    for (what, runs) in [("missing", &missing), ("failed", &failed)] {
        if !runs.is_empty() {
            let list = runs.join("\n  ");
            let (count, of) = (runs.len(), plans.len());
            terminal::say(format!("{what}, and not in the table: {count} of {of} runs\n  {list}"));
        }
    }
    Ok(())
}
