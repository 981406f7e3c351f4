//! `gan sweep`: presets × losses × seeds, one run after the other, and how often each fails.

use gan_report::Pictures;
use gan_run::{RunDir, names, write_file};

use crate::failure::Failure;
use crate::flags::SweepArgs;
use crate::terminal::{self, Work};

mod one_run;
mod plan;
mod table;

use one_run::{finished, one_run};
use plan::{Plan, folder_of, plans};
use table::table;

pub fn run(args: &SweepArgs) -> Result<(), Failure> {
    let plans = plans(args);
    let work = Work::begin("");
    let mut results = Vec::new();
    for (index, plan) in plans.iter().enumerate() {
        let Plan { setting, seed, .. } = plan;
        work.stage(&format!("{setting}, seed {seed} (run {} of {})", index + 1, plans.len()), 0);
        let folder = folder_of(plan, args);
        let result = match finished(&folder, &plan.flags)? {
            Some(result) => result,
            None => one_run(&folder, plan, args)?,
        };
        if args.json {
            terminal::print(serde_json::to_string(&result).expect("plain data"))?;
        }
        results.push(result);
    }
    drop(work);
    let runs = plans.iter().filter_map(|plan| RunDir::latest(&folder_of(plan, args)).ok());
    let runs: Vec<RunDir> = runs.collect();
    let page = args.outdir.join(names::REPORT);
    write_file(&page, gan_report::page(&runs, Pictures::Inside)?.as_bytes())?;
    terminal::say(format!("all runs side by side: {}", page.display()));
    if !args.json {
        terminal::print(table(&results))?;
    }
    Ok(())
}
