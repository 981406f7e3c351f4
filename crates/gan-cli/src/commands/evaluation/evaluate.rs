//! `gan evaluate`: what a generator draws, in numbers.

use std::path::Path;

use burn::tensor::Tensor;
use gan_data::{ImageSet, Rule, picture};
use gan_evaluation::{Evaluator, Reference, Subject, verdict};
use gan_metrics::{
    Extracted, ExtractorId, Reals, Resampling, Sizes, Statistics, Suite, SuiteSettings,
    nearest_training_images, read_features, read_statistics, write_statistics,
};
use gan_run::{names, write_file};

use crate::failure::Failure;
use crate::flags::EvaluateArgs;
use crate::terminal::{self, Work};
use crate::{VERSION, machine, measuring, metric_table};

/// Samples in the picture beside their nearest real images.
const PICTURED: usize = 32;
/// Samples beside stored statistics, unless a number is given.
const SAMPLES_FOR_STATISTICS: usize = 10_000;

pub fn run(args: &EvaluateArgs) -> Result<(), Failure> {
    machine::set_threads_to_all(args.measuring.threads);
    if let Some([real, fake]) = args.features.as_deref() {
        return features(args, real, fake);
    }
    let device = args.measuring.backend.open()?;
    let subject = match &args.fake {
        Some(path) => {
            let options = args.measuring.rule.options(Rule::default());
            Subject::Images(measuring::open_images(path, options)?)
        }
        None => measuring::snapshot_at(args.source.as_deref(), &args.measuring.outdir, &device)?,
    };
    if let Some(path) = &args.real_statistics {
        return statistics(path, args, &subject, &device);
    }
    let data = measuring::real_images(&subject, &args.measuring)?;
    let evaluator = measuring::evaluator(&args.measuring, &data, &device)?;
    let work = Work::begin("drawing samples");
    let fakes = evaluator.extract(&subject, &work)?;
    let reference = evaluator.reference(&data, &work)?;
    let suite = evaluator.suite(&reference, Resampling::default().splits)?;
    let measured = evaluator.measure_all(&suite, &fakes, &work)?;
    drop(work);
    if args.measuring.json {
        for measurement in &measured {
            terminal::print(measuring::json_line(&subject, Some(&data), measurement))?;
        }
    } else {
        terminal::print(describe(&subject, &evaluator))?;
        terminal::print(describe_reference(&data, &evaluator, &reference))?;
        terminal::print(metric_table::table(&measured))?;
        if let Some(verdict) = verdict(&measured) {
            terminal::print(format!("\nIn words: {verdict}."))?;
        }
    }
    if let Some(path) = &args.save_statistics {
        write_statistics(path, &Statistics::of(&reference.real.features)?)?;
        terminal::say(format!("statistics of the real images: {}", path.display()));
    }
    let in_run = || subject.run_folder().map(|run| run.file(names::NEAREST));
    let path = args.nearest.clone().or_else(in_run).filter(|_| !data.is_points());
    if let Some(path) = path {
        let pictured = picture_nearest(&path, &subject, &data, &evaluator, &reference, &fakes);
        match (pictured, &args.nearest) {
            (Ok(()), _) => terminal::say(format!(
                "samples, each left of its nearest real image: {}",
                path.display()
            )),
            (Err(failure), Some(_)) => return Err(failure),
            (Err(failure), None) => terminal::say(format!("no picture: {failure}")),
        }
    }
    measuring::keep(&subject, &data, &measured);
    Ok(())
}

fn describe(subject: &Subject, evaluator: &Evaluator) -> String {
    match subject {
        Subject::Generator(_) => {
            let settings = evaluator.settings();
            let last = settings.seed + settings.samples as u64 - 1;
            format!("{}, seeds {}–{last}", subject.name(), settings.seed)
        }
        Subject::Images(images) => {
            format!("{} ({})", subject.name(), terminal::count(images.len() as u64, "image"))
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
        "against {} of {} {} of {}, features of {name} ({}); {baseline}",
        evaluator.settings().samples,
        data.len(),
        if data.is_points() { "points" } else { "images" },
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
    let count = PICTURED.min(fakes.len());
    let first: Vec<usize> = (0..count).collect();
    let nearest = nearest_training_images(&fakes.features.select(&first), &reference.training)?;
    let indices: Vec<u32> =
        nearest.iter().map(|found| reference.training_indices[found.index]).collect();
    let samples = evaluator.images(subject, 0, count)?;
    let reals = data.batch(&indices, evaluator.device())?;
    let [_, channels, height, width] = samples.dims();
    let pairs = Tensor::stack::<5>(vec![samples, reals], 1);
    let pairs = pairs.reshape([2 * count, channels, height, width]);
    let text = [
        ("Software", format!("gan {VERSION}")),
        ("gan-picture", "samples, each left of its nearest real image".to_owned()),
        ("gan-extractor", evaluator.extractor().name),
    ];
    let picture = picture::grid(pairs, 8).enlarged(2);
    let picture = picture.with_caption("pairs: a sample, the real image nearest to it");
    Ok(write_file(path, &picture::encode_png(&picture, &text)?)?)
}

/// The distance to statistics that some tool has stored: of samples alone.
fn statistics(
    path: &Path,
    args: &EvaluateArgs,
    subject: &Subject,
    device: &burn::tensor::Device,
) -> Result<(), Failure> {
    let stored = read_statistics(path)?;
    let (shape, default) = match subject {
        Subject::Images(images) => (images.shape(), images.len().min(SAMPLES_FOR_STATISTICS)),
        Subject::Generator(_) => {
            let (_, snapshot) = subject.as_snapshot().expect("a snapshot");
            (snapshot.info().generator.image_shape(), SAMPLES_FOR_STATISTICS)
        }
    };
    let choice = measuring::choice(&args.measuring);
    let extractor = choice.open_for_dim(stored.dim(), shape, device)?;
    let settings = measuring::settings(&args.measuring, default);
    let evaluator = Evaluator::of_samples(extractor, device.clone(), settings)?;
    let work = Work::begin("drawing samples");
    let fakes = evaluator.extract(subject, &work)?;
    let distance = stored.frechet_distance(&Statistics::of(&fakes.features)?)?;
    drop(work);
    let ExtractorId { name, .. } = evaluator.extractor();
    let samples = fakes.len();
    terminal::print(format!("fd_{name}_{samples}  {distance:.6}  to {}", path.display()))?;
    Ok(())
}

/// Features that other tools made.
fn features(args: &EvaluateArgs, real: &Path, fake: &Path) -> Result<(), Failure> {
    let (real, fakes) = (read_features(real)?, read_features(fake)?);
    let sizes = if args.measuring.force { Sizes::MayDiffer } else { Sizes::MustAgree };
    let mut settings = SuiteSettings { sizes, ..SuiteSettings::default() };
    settings.resampling.seed = args.measuring.seed;
    let extractor = ExtractorId { name: "features".to_owned(), hash: String::new() };
    let reals = Reals { reference: Extracted::of(real.clone()), held_out: None, training: None };
    let suite = Suite::new(extractor, reals, settings)?;
    let fakes = Extracted::of(fakes);
    let comparison = suite.compare(&fakes)?;
    let work = Work::begin("measuring");
    let mut measured = Vec::new();
    for metric in comparison.metrics() {
        match comparison.measure(metric) {
            Ok(numbers) => measured.extend(numbers),
            Err(refusal) => work.note(&format!("left out: {}: {refusal}", metric.name)),
        }
    }
    drop(work);
    match args.measuring.json {
        true => {
            for measurement in &measured {
                terminal::print(serde_json::to_string(measurement).expect("plain data"))?;
            }
        }
        false => terminal::print(metric_table::table(&measured))?,
    }
    if let Some(path) = &args.save_statistics {
        write_statistics(path, &Statistics::of(&real)?)?;
    }
    Ok(())
}
