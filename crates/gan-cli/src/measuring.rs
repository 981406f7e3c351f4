//! What `gan evaluate` and `gan compare` share: subjects, real images, the evaluator.

use std::path::Path;

use burn::tensor::Device;
use etcetera::BaseStrategy;
use gan_data::{ImageSet, OpenOptions, Report, Rule};
use gan_evaluation::{
    EvaluationSettings, Evaluator, ExtractorChoice, FeatureCache, Progress, Subject,
    default_extractor, default_samples,
};
use gan_metrics::{Measurement, Sizes};
use gan_run::{DataConfig, MetricLine, RunDir, names};
use gan_weights::sha256;
use serde_json::{Value, json};

use crate::VERSION;
use crate::failure::Failure;
use crate::flags::{MeasuringArgs, RuleFlags};
use crate::source;
use crate::terminal::{self, Work};

impl Progress for Work {
    fn stage(&self, what: &str, total: u64) {
        Work::stage(self, what, total);
    }

    fn advance(&self, by: u64) {
        Work::advance(self, by);
    }

    fn note(&self, line: &str) {
        Work::note(self, line);
    }
}

/// `gan/features` in the user's cache directory; a machine without one computes anew.
pub fn feature_cache() -> FeatureCache {
    let base = etcetera::choose_base_strategy().ok();
    FeatureCache::new(base.map(|base| base.cache_dir().join("gan").join("features")))
}

/// A run's newest snapshot, a snapshot, or a set of images after `rule`, whichever is at `path`.
pub fn subject_at(path: &Path, rule: &RuleFlags, device: &Device) -> Result<Subject, Failure> {
    let is_snapshot = path.extension().is_some_and(|extension| extension == "safetensors");
    match is_snapshot || RunDir::open(path).is_ok() {
        true => snapshot_at(Some(path), path, device),
        false => Ok(Subject::Images(open_images(path, rule.options(Rule::default()))?)),
    }
}

/// The snapshot at `source`, or the newest of the latest run below `outdir`.
pub fn snapshot_at(
    source: Option<&Path>,
    outdir: &Path,
    device: &Device,
) -> Result<Subject, Failure> {
    let (path, snapshot) = source::open_snapshot(source, outdir)?;
    Ok(Subject::snapshot(path, snapshot, device)?)
}

/// The images at `path`; what became of them is said where it was anything.
pub fn open_images(path: &Path, options: OpenOptions<'_>) -> Result<ImageSet, Failure> {
    let opened = source::open_images(path, options, &|_| true)?;
    let Report { converted, skipped, notes, .. } = &opened.report;
    if !(converted.is_empty() && skipped.is_empty() && notes.is_empty()) {
        for line in opened.report.lines(opened.set.shape()) {
            terminal::say(format!("{}: {line}", opened.set.name()));
        }
    }
    Ok(opened.set)
}

/// The real images to measure against: those at `named`, or those that the run of `subject` was
/// trained on. Pictures become what they became for the run, unless flags say otherwise.
pub fn real_images(subject: &Subject, args: &MeasuringArgs) -> Result<ImageSet, Failure> {
    if let Some(path) = &args.real {
        let of_run = subject.run_folder().map(|run| run.config()).transpose()?;
        let mut rule = of_run.map_or_else(Rule::default, |config| config.data.rule);
        if let Some((_, snapshot)) = subject.as_snapshot() {
            let [_, height, width] = snapshot.info().generator.image_shape();
            let is_point = [height, width] == [1, 1];
            rule.resolution = rule.resolution.or((!is_point).then_some([height, width]));
        }
        return open_images(path, args.rule.options(rule));
    }
    if let Some(run) = subject.run_folder() {
        return source::data_of_run(&run);
    }
    match subject.as_snapshot() {
        Some((_, snapshot)) if snapshot.info().data == "mnist" => source::open_data(None),
        _ => Err(Failure::usage(format!(
            "{}: which real images are these to be measured against?",
            subject.name()
        ))
        .hint("--real PATH: a folder or archive of pictures, IDX files, .npy or .npz")),
    }
}

/// What the flags ask for.
pub fn settings(args: &MeasuringArgs, default_samples: usize) -> EvaluationSettings {
    EvaluationSettings {
        samples: args.samples.unwrap_or(default_samples),
        seed: args.seed,
        sizes: if args.force { Sizes::MayDiffer } else { Sizes::MustAgree },
    }
}

/// Which extractor the flags ask for.
pub fn choice(args: &MeasuringArgs) -> ExtractorChoice {
    ExtractorChoice {
        name: args.extractor.clone(),
        inception_weights: args.inception_weights.clone(),
    }
}

/// An evaluator for images of `data`; which extractor was chosen is said, where one was.
pub fn evaluator(
    args: &MeasuringArgs,
    data: &ImageSet,
    device: &Device,
) -> Result<Evaluator, Failure> {
    let choice = choice(args);
    let is_chosen = choice.name.is_none() && choice.inception_weights.is_none();
    if is_chosen && default_extractor(data) == "randomcnn" && !args.json {
        let better = match data.labels() {
            Some(_) => "; `gan train-extractor` on this data makes a better one",
            None => "",
        };
        terminal::say(format!(
            "extractor: randomcnn, a network that was never trained, since {} is not MNIST{better}",
            data.name()
        ));
    }
    let extractor = choice.open(data, device)?;
    let settings = settings(args, default_samples(data));
    Ok(Evaluator::new(extractor, device.clone(), settings, data, feature_cache())?)
}

/// A measurement with what it is of, for programs.
pub fn json_line(subject: &Subject, data: Option<&ImageSet>, measured: &Measurement) -> Value {
    let mut line = serde_json::to_value(measured).expect("plain data is always JSON");
    line["subject"] = json!(subject.name());
    if let Some((path, snapshot)) = subject.as_snapshot() {
        line["snapshot"] = json!(path.display().to_string());
        line["step"] = json!(snapshot.info().step);
    }
    if let Some(data) = data {
        let DataConfig { name, checksum, .. } = DataConfig::of(data, None, Rule::default());
        line["data"] = json!(name);
        line["data_checksum"] = json!(checksum);
    }
    line
}

/// Keeps `measured` in the run that `subject` is of, if it is of one. A run that cannot be written
/// is no reason to fail: the numbers are printed.
pub fn keep(subject: &Subject, data: &ImageSet, measured: &[Measurement]) {
    let (Some(run), Some((path, snapshot))) = (subject.run_folder(), subject.as_snapshot()) else {
        return;
    };
    let DataConfig { name, checksum, .. } = DataConfig::of(data, None, Rule::default());
    let line = |measurement: &Measurement| MetricLine {
        measurement: measurement.clone(),
        snapshot: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        snapshot_sha256: sha256(snapshot.as_bytes()),
        step: snapshot.info().step,
        data: name.clone(),
        data_checksum: checksum.clone(),
        version: VERSION.to_owned(),
    };
    match run.append_metrics(&measured.iter().map(line).collect::<Vec<_>>()) {
        Ok(()) => terminal::say(format!("kept in {}", run.file(names::METRICS).display())),
        Err(error) => terminal::say(format!("not kept: {error}")),
    }
}
