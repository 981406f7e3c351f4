//! `gan train --distributed mpi` with 1, 2 and 3 ranks on this machine: what docs/scaling.md promises.
//!
//! Needs Open MPI. The program is built with the feature `mpi`, which compiles little more than itself.

mod files;
mod ranks;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use files::{checkpoint_step, losses, near, newest, read};
use ranks::{Ranks, check_that, ranks, signal_to};

use crate::{Outcome, cargo, program, succeeds, target_dir};

/// Within so long all ranks end once one is gone or hangs.
const LIMIT: Duration = Duration::from_secs(10);
/// A batch that 1, 2 and 3 ranks can share.
const TRAINING: [&str; 12] = [
    "train",
    "--distributed",
    "mpi",
    "--threads",
    "1",
    "--batch-size",
    "96",
    "--report-every",
    "10",
    "--checkpoint-every",
    "10",
    "--seed",
];

/// `mpirun` and the MPI compiler wrapper.
pub fn openmpi_is_here() -> bool {
    succeeds("mpirun", &["--version"]) && succeeds("mpicc", &["--version"])
}

/// Everything, in the order in which it fails fast.
pub fn check() -> Outcome {
    cargo(&["build", "-p", "gan-cli", "--features", "mpi", "--locked"])?;
    let scratch = target_dir().join("xtask-mpi");
    let _ = std::fs::remove_dir_all(&scratch);
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    let scratch = scratch.canonicalize().map_err(|error| error.to_string())?;
    refusals(&scratch)?;
    trajectories(&scratch)?;
    packed_data(&scratch)?;
    a_budget(&scratch)?;
    a_rank_that_dies_or_hangs(&scratch)?;
    signals(&scratch)
}

/// What ranks cannot share or do not have in common is refused once, by rank 0.
fn refusals(scratch: &Path) -> Outcome {
    let refused = |what: &str, args: &[&str], expected: &[&str]| -> Outcome {
        let done = Ranks::start(scratch, args)?.wait();
        let errors = done.said.iter().filter(|line| line.starts_with("error: ")).count();
        check_that(!done.success && errors == 1, what, &done)?;
        expected.iter().try_for_each(|word| check_that(done.text().contains(word), what, &done))
    };
    let uneven = ["train", "--distributed", "mpi", "--batch-size", "100"];
    refused(
        "a batch of 100 for 3 ranks",
        &ranks(3, &uneven),
        &["--batch-size is 100", "such as 99"],
    )?;
    let each = |seed: &'static str| [&TRAINING[..], &[seed]].concat();
    let gan = program("gan").display().to_string();
    let differ = [ranks(1, &each("0")), vec![":", "-n", "1", &gan], each("1")].concat();
    refused("two seeds", &differ, &["seed is 1 on rank 1", "0 on rank 0"])?;
    let elsewhere = [&each("0")[..], &["--data", "nowhere"]].concat();
    let missing = [ranks(1, &each("0")), vec![":", "-n", "1", &gan], elsewhere].concat();
    refused("no data on rank 1", &missing, &["rank 1 on ", "nowhere"])?;
    let alone =
        Ranks::of(Command::new(program("gan")).args(each("0")).current_dir(scratch))?.wait();
    check_that(alone.text().contains("mpirun -n 2"), "without mpirun", &alone)
}

/// The same trajectory as one process within rounding, the same bits again, and resumed on others.
fn trajectories(scratch: &Path) -> Outcome {
    let train = |name: &str, count: usize, more: &[&str]| -> Result<PathBuf, String> {
        let outdir = ["--outdir", name, "--steps"];
        let args = [&TRAINING[..], &["7"], &outdir, more].concat();
        Ranks::start(scratch, &ranks(count, &args))?.wait().ok(name)?;
        newest(&scratch.join(name))
    };
    let args = [&TRAINING[..1], &TRAINING[3..], &["7", "--outdir", "alone", "--steps", "40"]];
    let alone = Command::new(program("gan")).args(args.concat()).current_dir(scratch).output();
    alone.map_err(|error| error.to_string())?;
    let alone = newest(&scratch.join("alone"))?;
    let (expected, checkpoint) = (losses(&alone)?, read(&alone.join("checkpoint.safetensors"))?);

    let one = train("one", 1, &["40"])?;
    let same = read(&one.join("checkpoint.safetensors"))? == checkpoint;
    same.then_some(()).ok_or("one rank is not to the bit the process alone")?;
    for count in [2, 3] {
        let first = train(&format!("{count}-first"), count, &["40"])?;
        let again = train(&format!("{count}-again"), count, &["40"])?;
        let [first_bytes, again_bytes] =
            [&first, &again].map(|run| read(&run.join("checkpoint.safetensors")));
        if first_bytes? != again_bytes? {
            return Err(format!("{count} ranks are not to the bit {count} ranks"));
        }
        near(&expected, &losses(&first)?, &format!("{count} ranks"))?;
    }
    // 20 steps on two ranks, 20 on three.
    train("moved", 2, &["20"])?;
    let args = ["train", "--distributed", "mpi", "--threads", "1", "--outdir", "moved", "--resume"];
    let args = ranks(3, &[&args[..], &["--steps", "40"]].concat()).into_iter().map(str::to_owned);
    let args: Vec<String> = args.collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let resumed = Ranks::start(scratch, &args)?.wait();
    if std::thread::available_parallelism().is_ok_and(|cores| cores.get() < 3) {
        check_that(resumed.text().contains("take turns"), "more ranks than cores", &resumed)?;
    }
    resumed.ok("resumed on 3 ranks")?;
    near(&expected, &losses(&newest(&scratch.join("moved"))?)?, "2 ranks, then 3")
}

/// Data that stays in its file, of which each rank reads its part.
fn packed_data(scratch: &Path) -> Outcome {
    let gan = |args: &[&str]| crate::run(program("gan"), args, scratch);
    gan(&["data", "synth", "dots", "--samples", "1000", "--out", "dots.npz"])?;
    gan(&["data", "pack", "dots.npz", "dots.packed"])?;
    let training =
        ["7", "--preset", "tutorial", "--data", "dots.packed", "--steps", "20", "--outdir"];
    gan(&[&TRAINING[..1], &TRAINING[3..], &training, &["packed-alone"]].concat())?;
    let two = [&TRAINING[..], &training, &["packed"]].concat();
    Ranks::start(scratch, &ranks(2, &two))?.wait().ok("packed data on 2 ranks")?;
    let [alone, two] = ["packed-alone", "packed"].map(|name| losses(&newest(&scratch.join(name))?));
    near(&alone?, &two?, "packed data on 2 ranks")
}

/// Rank 0's clock decides for all, and what it decided repeats the run.
fn a_budget(scratch: &Path) -> Outcome {
    let train = |name: &str, more: &[&str]| -> Result<Vec<u8>, String> {
        let args = [&TRAINING[..], &["7", "--outdir", name], more].concat();
        Ranks::start(scratch, &ranks(2, &args))?.wait().ok(name)?;
        read(&newest(&scratch.join(name))?.join("checkpoint.safetensors"))
    };
    let timed = train("timed", &["--budget", "5s"])?;
    let config = newest(&scratch.join("timed"))?.join("config.json").display().to_string();
    match train("repeated", &["--config", &config])? == timed {
        true => Ok(()),
        false => Err("a run of 2 ranks on a budget is not repeated to the bit".to_owned()),
    }
}

/// All end within the limit, the rank and its host are named, and the last checkpoint is good.
fn a_rank_that_dies_or_hangs(scratch: &Path) -> Outcome {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    for (name, signal, rank) in
        [("killed", "-KILL", 1), ("stopped", "-STOP", 1), ("stopped-first", "-STOP", 0)]
    {
        let args = [&TRAINING[..], &["7", "--outdir", name, "--steps", "1000000"]].concat();
        let running = Ranks::start(scratch, &ranks(2, &args))?;
        let process = running.process_of(rank)?;
        let run = running.until_checkpoint(&scratch.join(name))?;
        let start = Instant::now();
        signal_to(process, signal)?;
        let done = running.wait();
        let took = start.elapsed();
        eprintln!("  rank {rank} {signal}: all ended after {:.1} s", took.as_secs_f64());
        let is_named = done.text().contains(&format!("rank {rank} "))
            && done.text().contains(host.trim())
            && !done.success;
        check_that(is_named && took < LIMIT, &format!("{signal} to rank {rank}: {took:?}"), &done)?;
        let resumed =
            ["train", "--resume", &run.display().to_string(), "--threads", "1"].map(str::to_owned);
        let step = checkpoint_step(&run)?;
        let steps = (step + 1).to_string();
        let output = Command::new(program("gan"))
            .args(resumed)
            .args(["--steps", &steps])
            .current_dir(scratch)
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("after {signal} the checkpoint of step {step} is lost: {told}"));
        }
    }
    Ok(())
}

/// Ctrl-C and SIGTERM to `mpirun` save once.
fn signals(scratch: &Path) -> Outcome {
    for (name, signal) in [("interrupted", "-INT"), ("terminated", "-TERM")] {
        let args = [&TRAINING[..], &["7", "--outdir", name, "--steps", "1000000"]].concat();
        // mpirun kills what has not ended a second later.
        let patient = ["--mca", "odls_base_sigkill_timeout", "20"];
        let args = [&patient[..], &ranks(2, &args)].concat();
        let running = Ranks::start(scratch, &args)?;
        let run = running.until_checkpoint(&scratch.join(name))?;
        signal_to(running.child.id(), signal)?;
        let done = running.wait();
        let log = String::from_utf8_lossy(&read(&run.join("log.txt"))?).into_owned();
        let saved = log.lines().filter(|line| line.contains("everything is saved")).count();
        check_that(saved == 1, &format!("{signal}: saved {saved} times: {log}"), &done)?;
        let step = checkpoint_step(&run)?;
        let is_last = log.contains(&format!("after step {step} of 1000000"));
        check_that(is_last, &format!("{signal}: the checkpoint is of step {step}: {log}"), &done)?;
    }
    Ok(())
}
