//! `cargo xtask bench --ranks 2,4`: what ranks of one thread gain over one, on this machine.
//!
//! Beside them stands the limit: as many processes that have nothing to do with each other. Where two train
//! less than twice as fast as one, the machine's cores share what no program can share out better.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::{Outcome, cargo, program, target_dir};

const PRESETS: [(&str, u64); 3] = [("mlp", 300), ("dcgan", 60), ("r3-small", 30)];

/// Trains each preset alone, and for each number of `ranks` on so many with the same batch, with so many
/// batches, and so many times at once; three times in turns, of which the fastest counts: what else runs
/// here only slows down.
pub fn ranks(ranks: &[usize]) -> Outcome {
    cargo(&["build", "-p", "gan-cli", "--features", "mpi"])?;
    let scratch = target_dir().join("xtask-scaling");
    println!("images per second; * is images per second of all processes together");
    println!(
        "{:<10} {:>5} {:>9} {:>18} {:>18} {:>18}",
        "preset", "ranks", "one", "same batch", "a batch each", "alone *"
    );
    for (preset, steps) in PRESETS {
        let batch = batch_size(preset, &scratch)?;
        for &ranks in ranks {
            let mut best = [0.0_f64; 4];
            for round in 0..3 {
                let start = Instant::now();
                let run = |name: &str, ranks, batch| Run { name: name.to_owned(), ranks, batch };
                let alone = (0..ranks).map(|index| run(&format!("alone-{index}"), 1, batch));
                let contenders = [
                    vec![run("one", 1, batch)],
                    vec![run("strong", ranks, batch)],
                    vec![run("weak", ranks, ranks as u64 * batch)],
                    alone.collect(),
                ];
                for (best, runs) in best.iter_mut().zip(contenders) {
                    *best = best.max(images_per_second(&runs, &scratch, preset, steps)?);
                }
                let took = start.elapsed().as_secs_f64();
                eprintln!("  {preset}, {ranks} ranks, round {round}: {took:.0} s");
            }
            let [one, strong, weak, alone] = best;
            let cell = |value: f64| format!("{value:.0} ({:.2} ×)", value / one);
            println!(
                "{preset:<10} {ranks:>5} {one:>9.0} {:>18} {:>18} {:>18}",
                cell(strong),
                cell(weak),
                cell(alone)
            );
        }
    }
    Ok(())
}

/// Of all `runs` together, which train at the same time.
fn images_per_second(
    runs: &[Run],
    scratch: &Path,
    preset: &str,
    steps: u64,
) -> Result<f64, String> {
    let _ = std::fs::remove_dir_all(scratch);
    let running: Result<Vec<Child>, String> =
        runs.iter().map(|run| run.start(scratch, preset, steps)).collect();
    for mut child in running? {
        let status = child.wait().map_err(|error| error.to_string())?;
        status.success().then_some(()).ok_or_else(|| format!("{preset}: {status}"))?;
    }
    runs.iter().map(|run| run.images_per_second(scratch)).sum()
}

struct Run {
    name: String,
    ranks: usize,
    batch: u64,
}

impl Run {
    fn start(&self, scratch: &Path, preset: &str, steps: u64) -> Result<Child, String> {
        let gan = program("gan");
        let mut command = match self.ranks {
            1 => Command::new(&gan),
            ranks => {
                let mut command = Command::new("mpirun");
                command.args(["-n", &ranks.to_string(), "--bind-to", "none"]).arg(&gan);
                command
            }
        };
        command.args(["train", "--threads", "1", "--seed", "0", "--preset", preset, "--outdir"]);
        command.arg(scratch.join(&self.name)).args(["--batch-size", &self.batch.to_string()]);
        let report = (steps / 3).to_string();
        command.args(["--steps", &steps.to_string(), "--report-every", &report]);
        if self.ranks > 1 {
            command.args(["--distributed", "mpi"]);
        }
        for name in ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] {
            command.env(name, "1");
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map_err(|error| format!("{command:?}: {error}"))
    }

    /// Of the fastest report but the first, which warms up.
    fn images_per_second(&self, scratch: &Path) -> Result<f64, String> {
        let folder = scratch.join(&self.name);
        let entries = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
        let run = entries.filter_map(|entry| Some(entry.ok()?.path())).find(|path| path.is_dir());
        let stats = run.ok_or("no run folder")?.join("stats.jsonl");
        let text = std::fs::read_to_string(&stats).map_err(|error| error.to_string())?;
        let speeds = text.lines().filter_map(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            line["timing/images_per_second"].as_f64()
        });
        speeds.skip(1).reduce(f64::max).ok_or_else(|| format!("{}: no speed", stats.display()))
    }
}

/// The preset's own, even as all of them are.
fn batch_size(preset: &str, scratch: &Path) -> Result<u64, String> {
    let dry = ["train", "--dry-run", "--preset", preset, "--outdir"];
    let output = Command::new(program("gan")).args(dry).arg(scratch).output();
    let output = output.map_err(|error| error.to_string())?;
    let config: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    config["training"]["batch_size"].as_u64().ok_or_else(|| format!("{preset}: no batch size"))
}
