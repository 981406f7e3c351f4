//! All runs of a sweep on this machine, some at a time.

use std::sync::Mutex;
use std::sync::mpsc;

use super::one_run::{RunResult, finished, one_run};
use super::plan::{Plan, folder_of};
use super::print_json;
use crate::failure::Failure;
use crate::flags::SweepArgs;
use crate::machine;
use crate::terminal::Work;

/// What became of each run, in the order of `plans`. After a failure no further run begins; those that
/// train are waited for.
pub(super) fn train_all(plans: &[Plan], args: &SweepArgs) -> Result<Vec<RunResult>, Failure> {
    let jobs = args.jobs.clamp(1, plans.len().max(1));
    let threads = match (args.threads, jobs) {
        (None, 2..) => Some((machine::cores() / jobs).max(1)),
        (asked, _) => asked,
    };
    let work = Work::begin("");
    let waiting = Mutex::new(plans.iter().enumerate());
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (tell, waiting) = (tell.clone(), &waiting);
            scope.spawn(move || {
                loop {
                    let next = waiting.lock().expect("nobody panics with it").next();
                    let Some((index, plan)) = next else { break };
                    // Nobody listens any more once a run has failed.
                    if tell.send(News::Begun(index)).is_err() {
                        break;
                    }
                    let result = settle(plan, args, threads);
                    if tell.send(News::Ended(index, Box::new(result))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(tell);
        collect(told, plans, args, &work)
    })
}

enum News {
    Begun(usize),
    Ended(usize, Box<Result<RunResult, Failure>>),
}

fn settle(plan: &Plan, args: &SweepArgs, threads: Option<usize>) -> Result<RunResult, Failure> {
    let folder = folder_of(plan, args);
    match finished(&folder, &plan.flags)? {
        Some(result) => Ok(result),
        None => one_run(&folder, plan, args, threads),
    }
}

/// Says what trains and prints what has ended, until all has, or one has failed.
fn collect(
    told: mpsc::Receiver<News>,
    plans: &[Plan],
    args: &SweepArgs,
    work: &Work,
) -> Result<Vec<RunResult>, Failure> {
    let mut training = Vec::new();
    let mut results: Vec<Option<RunResult>> = plans.iter().map(|_| None).collect();
    for news in told {
        match news {
            News::Begun(index) => training.push(index),
            News::Ended(index, result) => {
                training.retain(|&other| other != index);
                let result = (*result)?;
                if args.json {
                    print_json(&result)?;
                }
                results[index] = Some(result);
            }
        }
        let names = training.iter().map(|&index| {
            let Plan { setting, seed, .. } = &plans[index];
            format!("{setting}, seed {seed} (run {} of {})", index + 1, plans.len())
        });
        work.stage(&names.collect::<Vec<_>>().join("; "), 0);
    }
    Ok(results.into_iter().flatten().collect())
}
