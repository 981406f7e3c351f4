//! `gan bench`: how fast a preset trains, on every backend that is here.

use std::process::{Command, Stdio};

use clap::ValueEnum;
use gan_data::ImageSet;
use gan_training::Trainer;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::flags::BenchArgs;
use crate::machine::backend::{self, Backend};
use crate::machine::timing;
use crate::terminal::{self, Work};
use crate::{machine, source};

/// One measurement.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    backend: String,
    device: String,
    preset: String,
    batch_size: usize,
    /// Of the images, in pixels.
    image_size: usize,
    /// Of the layers, where it is not the preset's.
    width: Option<usize>,
    threads: Option<usize>,
    median_ms: f64,
    lower_quartile_ms: f64,
    upper_quartile_ms: f64,
    steps_measured: u64,
    steps_per_second: f64,
    images_per_second: f64,
}

/// All measurements of a machine.
#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    machine: String,
    rows: Vec<Row>,
}

pub fn run(args: &BenchArgs) -> Result<(), Failure> {
    let rows = match args.backend {
        Some(backend) => measure(backend, args)?,
        None => measure_all(args)?,
    };
    let report =
        Report { version: env!("CARGO_PKG_VERSION"), machine: machine::description(), rows };
    if args.json {
        return Ok(terminal::print(serde_json::to_string_pretty(&report).expect("plain data"))?);
    }
    let mut lines = vec![format!("gan {} on {}", report.version, report.machine)];
    lines.push(format!(
        "{:<9} {:<9} {:>5} {:>6} {:>6}  {:>9} {:>17}  {:>8}  {:>9}  device",
        "backend", "preset", "batch", "pixels", "width", "ms/step", "IQR", "steps/s", "images/s"
    ));
    for row in &report.rows {
        let iqr = format!("{:.2}–{:.2}", row.lower_quartile_ms, row.upper_quartile_ms);
        lines.push(format!(
            "{:<9} {:<9} {:>5} {:>6} {:>6}  {:>9.2} {iqr:>17}  {:>8.1}  {:>9.0}  {}",
            row.backend,
            row.preset,
            row.batch_size,
            row.image_size,
            row.width.map_or("–".to_owned(), |width| width.to_string()),
            row.median_ms,
            row.steps_per_second,
            row.images_per_second,
            row.device
        ));
    }
    Ok(terminal::print(lines.join("\n"))?)
}

/// Each backend in a process of its own, one after the other: a driver that crashes takes only
/// that with it.
fn measure_all(args: &BenchArgs) -> Result<Vec<Row>, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find this program: {error}")))?;
    let list =
        |numbers: &[usize]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let mut rows = Vec::new();
    let work = Work::begin("");
    for backend in Backend::value_variants().iter().filter(|backend| backend.is_compiled_in()) {
        work.stage(&format!("timing {}", backend.name()), 0);
        let mut command = Command::new(&program);
        command.args(["bench", "--json", "--backend", backend.name()]);
        command.args(["--preset", args.preset.name()]);
        command.args(["--batch-size", &list(&args.batch_size)]);
        command.args(["--image-size", &list(&args.image_size)]);
        if !args.width.is_empty() {
            command.args(["--width", &list(&args.width)]);
        }
        command.args(["--time", &format!("{}ms", args.time.as_millis())]);
        if let Some(threads) = args.threads {
            command.args(["--threads", &threads.to_string()]);
        }
        let output = command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| Failure::new(format!("cannot start: {error}")))?;
        #[derive(Deserialize)]
        struct Child {
            rows: Vec<Row>,
        }
        match serde_json::from_slice::<Child>(&output.stdout) {
            Ok(child) => rows.extend(child.rows),
            Err(_) => work.note(&format!("{}: omitted; `gan backends` says why", backend.name())),
        }
    }
    Ok(rows)
}

fn measure(backend: Backend, args: &BenchArgs) -> Result<Vec<Row>, Failure> {
    machine::set_threads(args.threads);
    let mnist = source::open_data(None)?;
    let device = backend.open()?;
    let preset = args.preset;
    let widths: Vec<_> = match args.width[..] {
        [] => vec![None],
        ref widths => widths.iter().copied().map(Some).collect(),
    };
    let mut rows = Vec::new();
    for &image_size in &args.image_size {
        let data = stretched(&mnist, image_size)?;
        for (&width, &batch_size) in
            widths.iter().flat_map(|width| args.batch_size.iter().map(move |size| (width, size)))
        {
            let mut config = preset.config(data.shape());
            config.batch_size = batch_size;
            if let Some(width) = width {
                config.generator.set_width(width);
                config.discriminator.set_width(width);
            }
            let images_per_step = config.images_per_step();
            let mut trainer = Trainer::new(config.for_data(data.clone())?, &device);
            let time = timing::measure(&mut trainer, &device, args.time)?;
            let steps_per_second = 1e3 / time.median_ms;
            rows.push(Row {
                backend: backend.name().to_owned(),
                device: backend::device_name(backend, &device),
                preset: preset.name().to_owned(),
                batch_size,
                image_size,
                width,
                threads: backend.is_cpu().then(rayon::current_num_threads),
                median_ms: time.median_ms,
                lower_quartile_ms: time.lower_quartile_ms,
                upper_quartile_ms: time.upper_quartile_ms,
                steps_measured: time.steps,
                steps_per_second,
                images_per_second: steps_per_second * images_per_step as f64,
            });
        }
    }
    Ok(rows)
}

/// Some of the images of `set`, `side` pixels high and wide: what is in them does not matter here.
fn stretched(set: &ImageSet, side: usize) -> Result<ImageSet, Failure> {
    const IMAGES: usize = 10_000;
    let [channels, height, width] = set.shape();
    if [height, width] == [side, side] {
        return Ok(set.clone());
    }
    let mut bytes = Vec::with_capacity(IMAGES.min(set.len()) * channels * side * side);
    for image in (0..set.len().min(IMAGES)).map(|index| set.image(index)) {
        let image = image?;
        for line in 0..channels * side {
            let (channel, y) = (line / side, line % side);
            let from = &image[(channel * height + y * height / side) * width..][..width];
            bytes.extend((0..side).map(|x| from[x * width / side]));
        }
    }
    Ok(ImageSet::new(set.name(), [channels, side, side], bytes, None)?)
}
