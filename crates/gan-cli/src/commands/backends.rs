//! `gan backends`: what this machine can train on, checked and timed.
//!
//! Every backend is tried in a process of its own: a driver that crashes takes only that with it.

use std::process::{Command, Stdio};
use std::time::Duration;

use burn::tensor::Device;
use clap::ValueEnum;
use gan_data::ImageSet;
use gan_training::{Preset, Trainer};
use gan_weights::{NamedTensors, named_weights};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::flags::BackendsArgs;
use crate::machine::backend::{self, Backend};
use crate::machine::timing;
use crate::terminal::{self, Work};
use crate::{machine, source};

/// A backend agrees with `flex` if one step's losses differ by no more than this, relatively…
const LOSS_TOLERANCE: f64 = 1e-4;
/// …and the step's change of all weights by no more than this, relatively, in Euclidean norm.
/// Adam's first step is nearly the sign of the gradient times the learning rate, so rounding noise in
/// gradients near zero counts in full.
const UPDATE_TOLERANCE: f64 = 1e-3;

/// What a probe found.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Probe {
    device: String,
    loss_difference: f64,
    update_difference: f64,
    ms_per_step: f64,
}

/// A row of the table.
#[derive(Serialize)]
struct Row {
    backend: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(flatten)]
    probe: Option<Probe>,
}

pub fn run(args: &BackendsArgs) -> Result<(), Failure> {
    if let Some(backend) = args.probe {
        let probe = probe(backend)?;
        return Ok(terminal::print(serde_json::to_string(&probe).expect("plain data"))?);
    }
    let work = Work::begin("");
    let rows: Vec<Row> =
        Backend::value_variants().iter().map(|&backend| try_out(backend, &work)).collect();
    drop(work);
    terminal::print(match args.json {
        true => serde_json::to_string_pretty(&rows).expect("plain data"),
        false => table(&rows),
    })?;
    match rows.iter().any(|row| row.status == "wrong" || row.status == "crashed") {
        true => Err(Failure::new("a backend does not work here; train with one that is ok")),
        false => Ok(()),
    }
}

fn try_out(backend: Backend, work: &Work) -> Row {
    let row = |status, problem: Option<String>, probe| Row {
        backend: backend.name(),
        status,
        problem,
        probe,
    };
    if !backend.is_compiled_in() {
        let build = format!("cargo run -p gan-cli --features {}", backend.name());
        return row("not built in", Some(build), None);
    }
    work.stage(&format!("a training step on {}", backend.name()), 0);
    let program = std::env::current_exe().unwrap_or_else(|_| "gan".into());
    let output = Command::new(program)
        .args(["backends", "--probe", backend.name()])
        .stdin(Stdio::null())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => return row("crashed", Some(error.to_string()), None),
    };
    let probe: Option<Probe> = serde_json::from_slice(&output.stdout).ok();
    let errors = String::from_utf8_lossy(&output.stderr);
    let first_error = errors.lines().find(|line| line.starts_with("error: "));
    match (probe, output.status.code()) {
        (Some(probe), Some(0)) => {
            let agrees = probe.loss_difference <= LOSS_TOLERANCE
                && probe.update_difference <= UPDATE_TOLERANCE;
            row(if agrees { "ok" } else { "wrong" }, None, Some(probe))
        }
        (_, Some(1)) => {
            let problem = first_error.unwrap_or("error: no reason given");
            row("no device", Some(problem.trim_start_matches("error: ").to_owned()), None)
        }
        _ => row("crashed", Some(format!("the process ended with {}", output.status)), None),
    }
}

fn table(rows: &[Row]) -> String {
    let mut lines = vec![format!(
        "{:<8} {:<12} {:>7}  {:>14}  device",
        "backend", "status", "ms/step", "update vs flex"
    )];
    for row in rows {
        let (time, difference, device) = match &row.probe {
            Some(probe) => (
                format!("{:.2}", probe.ms_per_step),
                format!("{:.1e}", probe.update_difference),
                probe.device.as_str(),
            ),
            None => ("".to_owned(), "".to_owned(), row.problem.as_deref().unwrap_or("")),
        };
        let (backend, status) = (row.backend, row.status);
        lines.push(format!("{backend:<8} {status:<12} {time:>7}  {difference:>14}  {device}"));
    }
    lines.join("\n")
}

/// One real training step on `backend` and on `flex`, from the same weights, data and latents.
fn probe(backend: Backend) -> Result<Probe, Failure> {
    machine::set_threads(None);
    let data = source::open_data(None)?;
    let device = backend.open()?;
    let (start, losses, after) = one_step(&data, &device)?;
    let (_, flex_losses, flex_after) = one_step(&data, &Backend::Flex.open()?)?;
    let relative = |a: f64, b: f64| (a - b).abs() / b.abs();
    let loss_difference =
        losses.iter().zip(flex_losses).map(|(&a, b)| relative(a, b)).fold(0.0, f64::max);
    let apart = distance(&after, &flex_after);
    let moved = distance(&flex_after, &start);
    let mut trainer = trainer(&data, &device)?;
    let time = timing::measure(&mut trainer, &device, Duration::from_secs(2))?;
    Ok(Probe {
        device: backend::device_name(backend, &device),
        loss_difference,
        update_difference: apart / moved,
        ms_per_step: time.median_ms,
    })
}

fn trainer(data: &ImageSet, device: &Device) -> Result<Trainer, Failure> {
    let config = Preset::Tutorial.config(data.shape()).for_data(data.clone())?;
    Ok(Trainer::new(config, device))
}

/// The weights before and after a first step, and its two losses.
fn one_step(
    data: &ImageSet,
    device: &Device,
) -> Result<(NamedTensors, [f64; 2], NamedTensors), Failure> {
    let mut trainer = trainer(data, device)?;
    let before = weights(&trainer);
    trainer.advance().map_err(|error| Failure::new(error.to_string()))?;
    let losses = trainer.report().map_err(|error| Failure::not_finite(error.to_string()))?;
    Ok((before, [losses.d_loss, losses.g_loss], weights(&trainer)))
}

fn weights(trainer: &Trainer) -> NamedTensors {
    let gan = trainer.gan();
    let mut weights = named_weights(&gan.generator, "generator.");
    weights.extend(named_weights(&gan.discriminator, "discriminator."));
    weights
}

/// Euclidean distance between two sets of tensors with the same names.
fn distance(a: &NamedTensors, b: &NamedTensors) -> f64 {
    let values = |tensors: &NamedTensors| -> Vec<f32> {
        tensors.values().flat_map(|data| data.iter::<f32>().collect::<Vec<_>>()).collect()
    };
    let square = |(a, b): (f32, f32)| f64::from(a - b).powi(2);
    values(a).into_iter().zip(values(b)).map(square).sum::<f64>().sqrt()
}
