//! `gan sweep`: presets × losses × seeds, and how often each fails.

use gan_report::Pictures;
use gan_run::{RunDir, names, write_file};

use crate::failure::Failure;
use crate::flags::SweepArgs;
use crate::terminal;

mod gather;
mod jobs;
mod list;
mod one_run;
mod plan;
mod table;

use one_run::RunResult;
use plan::{Plan, folder_of, plans};
use table::table;

pub fn run(args: &SweepArgs) -> Result<(), Failure> {
    let plans = plans(args);
    if args.list {
        return list::list(&plans, args);
    }
    if args.gather {
        return gather::gather(&plans, args);
    }
    let results = jobs::train_all(&plans, args)?;
    // A run alone has a page of its own; many that are trained on their own are gathered.
    if plans.len() > 1 {
        write_page(&plans, args)?;
    }
    if !args.json {
        terminal::print(table(&results))?;
    }
    Ok(())
}

/// All runs that there are as one page.
fn write_page(plans: &[Plan], args: &SweepArgs) -> Result<(), Failure> {
    let runs = plans.iter().filter_map(|plan| RunDir::latest(&folder_of(plan, args)).ok());
    let runs: Vec<RunDir> = runs.collect();
    let page = args.outdir.join(names::REPORT);
    write_file(&page, gan_report::page(&runs, Pictures::Inside)?.as_bytes())?;
    terminal::say(format!("all runs side by side: {}", page.display()));
    Ok(())
}

fn print_json(result: &RunResult) -> Result<(), Failure> {
    Ok(terminal::print(serde_json::to_string(result).expect("plain data"))?)
}
