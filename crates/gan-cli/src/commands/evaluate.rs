//! `gan evaluate`: what a generator draws, in numbers.

use std::path::{Path, PathBuf};

use burn::tensor::Tensor;
use gan_data::{ImageSet, Modes, picture};
use gan_metrics::{
    Extracted, ExtractorId, Measurement, Reals, Sizes, Statistics, Suite, SuiteSettings,
    nearest_training_images, read_features, read_statistics, write_statistics,
};
use gan_model::{Generate, Snapshot};
use gan_run::{DataConfig, MetricLine, RunDir, names, write_file};
use gan_weights::sha256;
use indicatif::ProgressBar;

use crate::VERSION;
use crate::evaluation::{self, Evaluator, Reference};
use crate::failure::{Failure, bad_snapshot};
use crate::flags::EvaluateArgs;
use crate::{machine, metric_table, mode_evaluation, source};

/// Samples in the picture beside their nearest real images.
const PICTURED: usize = 32;
/// Images in memory of the classifier of modes at a time.
const BATCH: usize = 250;

pub fn run(args: &EvaluateArgs) -> Result<(), Failure> {
    machine::set_threads_to_all(args.measuring.threads);
    if let Some([real, fake]) = args.features.as_deref() {
        return made_elsewhere(args, real, fake);
    }
    let bar = evaluation::progress();
    let subject = Subject::open(args)?;
    let data = subject.real(args.measuring.real.as_deref())?;
    let device = args.measuring.backend.open()?;
    let evaluator = Evaluator::new(&args.measuring, &data, device)?;
    if let (Some(modes), None) = (data.modes(), &args.measuring.extractor) {
        return modes_of(args, &subject, modes, &data, &evaluator);
    }
    let fakes = subject.extract(&evaluator, &bar)?;
    if let Some(path) = &args.real_statistics {
        return against_statistics(path, &evaluator, &fakes);
    }
    let reference = evaluator.reference(&data, &bar)?;
    let measured = evaluator.measure(&reference, &fakes, &bar)?;
    bar.finish_and_clear();

    if args.measuring.json {
        metric_table::print_json(&measured);
    } else {
        println!("{}", subject.describe(&evaluator));
        println!("{}", describe_reference(&data, &evaluator, &reference));
        metric_table::print(&measured);
    }
    if let Some(path) = &args.save_statistics {
        write_statistics(path, &Statistics::of(&reference.real.features)?)?;
        eprintln!("statistics of the real images: {}", path.display());
    }
    let run = subject.run_folder();
    let picture_path = match data.is_points() {
        true => None,
        false => args.nearest.clone().or_else(|| Some(run.as_ref()?.file(names::NEAREST))),
    };
    if let Some(path) = picture_path {
        picture_nearest(&path, &subject, &data, &evaluator, &reference, &fakes)?;
        eprintln!("samples beside their nearest real images: {}", path.display());
    }
    match run {
        Some(run) => append_to_run(&run, &subject, &data, &measured),
        None => Ok(()),
    }
}

/// Made data are measured by their modes.
fn modes_of(
    args: &EvaluateArgs,
    subject: &Subject,
    modes: &Modes,
    data: &ImageSet,
    evaluator: &Evaluator,
) -> Result<(), Failure> {
    let measured = match subject {
        Subject::Snapshot { path, snapshot } => {
            let device = evaluator.device();
            let generator =
                snapshot.generator(device).map_err(|error| bad_snapshot(path, &error))?;
            let seeds: Vec<u64> = evaluator.seeds().collect();
            let latents = snapshot.latent_space();
            let batches = seeds
                .chunks(BATCH)
                .map(|seeds| generator.generate(latents.for_seeds(seeds, device), None));
            mode_evaluation::measure(modes, data, evaluator, batches)?
        }
        Subject::Images(images) => {
            let chosen = evaluator.chosen(images);
            let batches = chosen.chunks(BATCH).map(|chunk| images.batch(chunk, evaluator.device()));
            mode_evaluation::measure(modes, data, evaluator, batches)?
        }
    };
    if args.measuring.json {
        metric_table::print_json(&measured);
    } else {
        println!("{}", subject.describe(evaluator));
        println!("by the modes of {}; baseline: the same for as many real samples", data.name());
        metric_table::print(&measured);
    }
    match subject.run_folder() {
        Some(run) => append_to_run(&run, subject, data, &measured),
        None => Ok(()),
    }
}

/// Whose images are measured.
pub enum Subject {
    /// A generator on file.
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What it holds.
        snapshot: Snapshot,
    },
    /// Images made by any tool.
    Images(ImageSet),
}

impl Subject {
    fn open(args: &EvaluateArgs) -> Result<Self, Failure> {
        match &args.fake {
            Some(path) => Ok(Self::Images(source::open_data(Some(path))?)),
            None => {
                let outdir = &args.measuring.outdir;
                let (path, snapshot) = source::open_snapshot(args.source.as_deref(), outdir)?;
                Ok(Self::Snapshot { path, snapshot })
            }
        }
    }

    /// A run, a snapshot, or a set of images, whichever is at `path`.
    pub fn at(path: &Path) -> Result<Self, Failure> {
        let is_snapshot = path.extension().is_some_and(|extension| extension == "safetensors");
        if is_snapshot || RunDir::open(path).is_ok() {
            let (path, snapshot) = source::open_snapshot(Some(path), path)?;
            return Ok(Self::Snapshot { path, snapshot });
        }
        Ok(Self::Images(source::open_data(Some(path))?))
    }

    /// The real images to measure against: those at `named`, or those the run was trained on.
    pub fn real(&self, named: Option<&Path>) -> Result<ImageSet, Failure> {
        match (named, self.run_folder()) {
            (Some(path), _) => source::open_data(Some(path)),
            (None, Some(run)) => source::data_of_run(&run),
            (None, None) => match self {
                Self::Snapshot { snapshot, .. } if snapshot.info().data == "mnist" => {
                    source::open_data(None)
                }
                _ => Err(Failure::usage("which real images shall they be measured against?")
                    .hint("--real PATH: a folder or ZIP of PNG, IDX files, .npy or .npz")),
            },
        }
    }

    /// Draws or takes the samples, and looks at them.
    pub fn extract(&self, evaluator: &Evaluator, bar: &ProgressBar) -> Result<Extracted, Failure> {
        match self {
            Self::Snapshot { path, snapshot } => {
                let generator = snapshot
                    .generator(evaluator.device())
                    .map_err(|error| bad_snapshot(path, &error))?;
                evaluator.of_generator(&generator, &snapshot.info().generator, bar)
            }
            Self::Images(images) => evaluator.of_images(images, bar),
        }
    }

    /// What it is called in a table.
    pub fn name(&self) -> String {
        match self {
            Self::Snapshot { path, .. } => path.display().to_string(),
            Self::Images(images) => images.name().to_owned(),
        }
    }

    fn run_folder(&self) -> Option<RunDir> {
        let Self::Snapshot { path, .. } = self else { return None };
        RunDir::holding(path)
    }

    fn describe(&self, evaluator: &Evaluator) -> String {
        match self {
            Self::Snapshot { .. } => {
                let seeds = evaluator.seeds();
                format!("{}, seeds {}–{}", self.name(), seeds.start, seeds.end - 1)
            }
            Self::Images(images) => format!("{} ({} images)", self.name(), images.len()),
        }
    }

    /// The first samples, `[count, channels, height, width]`.
    fn first(&self, count: usize, evaluator: &Evaluator) -> Result<Tensor<4>, Failure> {
        match self {
            Self::Snapshot { path, snapshot } => {
                let generator = snapshot
                    .generator(evaluator.device())
                    .map_err(|error| bad_snapshot(path, &error))?;
                Ok(evaluator.draw(&generator, &snapshot.info().generator, 0..count))
            }
            Self::Images(images) => {
                let chosen = evaluator.chosen(images);
                Ok(images.batch(&chosen[..count.min(chosen.len())], evaluator.device()))
            }
        }
    }
}

fn describe_reference(data: &ImageSet, evaluator: &Evaluator, reference: &Reference) -> String {
    let ExtractorId { name, hash } = evaluator.extractor();
    let baseline = match reference.held_out {
        Some(_) => "baseline: the same for as many other real images",
        None => "no baseline: that takes twice as many real images",
    };
    format!(
        "against {} of {} images of {}, features of {name} ({}); {baseline}",
        evaluator.samples,
        data.len(),
        data.name(),
        &hash[..8]
    )
}

/// Samples and, to the right of each, the real image that is nearest to it.
fn picture_nearest(
    path: &Path,
    subject: &Subject,
    data: &ImageSet,
    evaluator: &Evaluator,
    reference: &Reference,
    fakes: &Extracted,
) -> Result<(), Failure> {
    let count = PICTURED.min(fakes.features.len());
    let first: Vec<usize> = (0..count).collect();
    let nearest = nearest_training_images(&fakes.features.select(&first), &reference.training)?;
    let indices: Vec<u32> =
        nearest.iter().map(|found| reference.training_indices[found.index]).collect();
    let samples = subject.first(count, evaluator)?;
    let reals = data.batch(&indices, evaluator.device());
    let [_, channels, height, width] = samples.dims();
    let pairs = Tensor::stack::<5>(vec![samples, reals], 1);
    let pairs = pairs.reshape([2 * count, channels, height, width]);
    let text = [
        ("Software", format!("gan {VERSION}")),
        ("gan-picture", "samples, each left of its nearest real image".to_owned()),
        ("gan-extractor", evaluator.extractor().name),
    ];
    let picture = picture::grid(pairs, 8).enlarged(2);
    Ok(write_file(path, &picture::encode_png(&picture, &text)?)?)
}

/// A line for each number into `metrics.jsonl` of the run.
fn append_to_run(
    run: &RunDir,
    subject: &Subject,
    data: &ImageSet,
    measured: &[Measurement],
) -> Result<(), Failure> {
    let Subject::Snapshot { path, snapshot } = subject else { return Ok(()) };
    let DataConfig { name, checksum, .. } = DataConfig::of(data, None);
    let line = |measurement: &Measurement| MetricLine {
        measurement: measurement.clone(),
        snapshot: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        snapshot_sha256: sha256(snapshot.as_bytes()),
        step: snapshot.info().step,
        data: name.clone(),
        data_checksum: checksum.clone(),
        version: VERSION.to_owned(),
    };
    run.append_metrics(&measured.iter().map(line).collect::<Vec<_>>())?;
    eprintln!("kept in {}", run.file(names::METRICS).display());
    Ok(())
}

/// The distance to statistics that some tool has stored.
fn against_statistics(
    path: &Path,
    evaluator: &Evaluator,
    fakes: &Extracted,
) -> Result<(), Failure> {
    let distance = read_statistics(path)?.frechet_distance(&Statistics::of(&fakes.features)?)?;
    let ExtractorId { name, .. } = evaluator.extractor();
    println!("fd_{name}_{}  {distance:.6}  to {}", fakes.features.len(), path.display());
    Ok(())
}

/// Features that other tools made.
fn made_elsewhere(args: &EvaluateArgs, real: &Path, fake: &Path) -> Result<(), Failure> {
    let (real, fakes) = (read_features(real)?, read_features(fake)?);
    let sizes = if args.measuring.force { Sizes::MayDiffer } else { Sizes::MustAgree };
    let mut settings = SuiteSettings { sizes, ..SuiteSettings::default() };
    settings.resampling.seed = args.measuring.seed;
    let extractor = ExtractorId { name: "features".to_owned(), hash: String::new() };
    let reals = Reals { reference: Extracted::of(real.clone()), held_out: None, training: None };
    let suite = Suite::new(extractor, reals, settings)?;
    let fakes = Extracted::of(fakes);
    let comparison = suite.compare(&fakes)?;
    let mut measured = Vec::new();
    for metric in comparison.metrics() {
        match comparison.measure(metric) {
            Ok(numbers) => measured.extend(numbers),
            Err(refusal) => eprintln!("left out: {refusal}"),
        }
    }
    match args.measuring.json {
        true => metric_table::print_json(&measured),
        false => metric_table::print(&measured),
    }
    if let Some(path) = &args.save_statistics {
        write_statistics(path, &Statistics::of(&real)?)?;
    }
    Ok(())
}
