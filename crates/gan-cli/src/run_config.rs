//! What decides a run, resolved from flags, file and preset.

use std::path::Path;

use gan_data::{ImageSet, Rule};
use gan_evaluation::{MetricName, TrainingEvaluation};
use gan_model::{ConfigError, GeneratorConfig};
use gan_run::{DataConfig, EvaluationConfig, RunConfig};
use gan_training::{Every, Preset, TrainingConfig};

use crate::config_file::ConfigFile;
use crate::failure::Failure;
use crate::flags::{EvaluationFlags, TrainArgs, put};
use crate::machine::backend::Backend;
use crate::terminal;

/// A configuration, and what was chosen in it where nobody said.
pub struct Resolved {
    /// The configuration.
    pub config: RunConfig,
    /// What was chosen by the data, with the flags that change it; none where nothing was.
    pub chosen: Option<String>,
}

/// A new run's: flags over the file over the preset.
///
/// # Errors
/// If the file's values or the flags are impossible, or the data is not what the file was
/// trained on.
pub fn resolve(
    args: &TrainArgs,
    file: &ConfigFile,
    data: &ImageSet,
    path: Option<&Path>,
    rule: Rule,
) -> Result<Resolved, Failure> {
    let named = file.preset(args.preset)?;
    let is_suited = is_suited(named, file, path) && !data.is_points();
    let [_, height, width] = data.shape();
    let preset = match is_suited {
        true => Preset::suited_to([height, width]),
        false => preset_for(data, named)?,
    };
    let training = match args.conditional {
        true => preset.conditional(data.shape(), classes_of(data)?),
        false => preset.config(data.shape()),
    };
    let training = match is_suited {
        true => training.sized_for(data.len(), args.budget),
        false => training,
    };
    let of_data = DataConfig::of(data, path, rule);
    if args.data.is_none() {
        file.check_data(&of_data)?;
    }
    let mut config = file.over(RunConfig {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        backend: Backend::Flex.name().to_owned(),
        data: of_data.clone(),
        training,
        evaluation: None,
    })?;
    config.data = of_data;
    apply(&mut config, args, data).map_err(|failure| match is_suited {
        true => failure.hint(format!(
            "such images are trained on with the preset {} unless --preset names another",
            preset.name()
        )),
        false => failure,
    })?;
    let chosen = is_suited.then(|| describe_suited(&config.training, data));
    Ok(Resolved { config, chosen })
}

/// Whether preset and sizes go by what the images are: somebody's own, and neither a flag nor a file
/// says how to train on them.
pub fn is_suited(named: Option<Preset>, file: &ConfigFile, path: Option<&Path>) -> bool {
    named.is_none() && file.is_none() && path.is_some()
}

/// What was chosen for images of somebody's own, and the flags that change it.
pub fn describe_suited(training: &TrainingConfig, data: &ImageSet) -> String {
    let [_, height, width] = data.shape();
    let sizes = match &training.generator {
        GeneratorConfig::Dcgan(generator) => {
            format!(", {} channels wide (--width)", generator.width)
        }
        _ => String::new(),
    };
    let augmentation = match training.stabilisers.augmentation.is_none() {
        true => String::new(),
        false => format!(
            ", all augmented, since there are few: {} (--augment-brightness 0 and the like turn it \
             off)",
            data.len()
        ),
    };
    format!(
        "preset {} for images of {width} × {height} (--preset takes another){sizes}; {} (--steps) of \
         {} (--batch-size){augmentation}",
        training.preset,
        terminal::count(training.steps, "step"),
        terminal::count(training.batch_size as u64, "image"),
    )
}

/// Puts what the flags say over what is there.
///
/// # Errors
/// If a flag belongs to something that is not there, or names what cannot be measured on `data`.
pub fn apply(config: &mut RunConfig, args: &TrainArgs, data: &ImageSet) -> Result<(), Failure> {
    put(&mut config.backend, args.backend.map(|backend| backend.name().to_owned()));
    Backend::of(config)?;
    args.training.apply(&mut config.training)?;
    if args.conditional {
        config.training = config.training.clone().with_classes(Some(classes_of(data)?));
    }
    put(&mut config.training.evaluate_every, args.evaluation.evaluate_every.map(Every));
    settle_evaluation(config, &args.evaluation, data)
}

/// Settles what is measured, if evaluations are due at all.
fn settle_evaluation(
    config: &mut RunConfig,
    flags: &EvaluationFlags,
    data: &ImageSet,
) -> Result<(), Failure> {
    if config.training.evaluate_every.is_never() {
        if flags.metric.is_some() || flags.keep_best {
            return Err(Failure::usage("--metric and --keep-best need --evaluate-every")
                .hint("for example --evaluate-every 1000"));
        }
        config.evaluation = None;
        return Ok(());
    }
    let mut evaluation = config.evaluation.clone().unwrap_or_else(|| EvaluationConfig {
        metric: MetricName::default_for(data).to_string(),
        keep_best: false,
    });
    put(&mut evaluation.metric, flags.metric.as_ref().map(MetricName::to_string));
    evaluation.keep_best |= flags.keep_best;
    if let Err(error) = TrainingEvaluation::check(&evaluation, data) {
        let example = MetricName::default_for(data);
        return Err(
            Failure::from(error).hint(format!("on these images, for example --metric {example}"))
        );
    }
    config.evaluation = Some(evaluation);
    Ok(())
}

/// How many classes the labels of `data` name.
fn classes_of(data: &ImageSet) -> Result<usize, ConfigError> {
    match data.class_names() {
        Some(names) => Ok(names.len()),
        None => {
            let rule = format!("{} has no labels to learn classes from", data.name());
            Err(ConfigError::new("--conditional", true, rule))
        }
    }
}

/// The preset asked for, which must fit the data, or the usual one.
fn preset_for(data: &ImageSet, named: Option<Preset>) -> Result<Preset, Failure> {
    let usual = if data.is_points() { Preset::Points } else { Preset::Tutorial };
    match (named.unwrap_or(usual), data.is_points()) {
        (Preset::Points, false) => Err(Failure::usage(format!(
            "the preset points is for points of the plane, {} holds images of shape {:?}",
            data.name(),
            data.shape()
        ))
        .hint("`gan data synth ring --out ring.npz` makes points; --preset mlp has the same loss for images")),
        (Preset::Points, true) => Ok(Preset::Points),
        (preset, true) => Err(Failure::usage(format!(
            "the preset {} draws images in [0, 1], {} holds points of any range",
            preset.name(),
            data.name()
        ))
        .hint("take --preset points; every number of it has a flag")),
        (preset, false) => Ok(preset),
    }
}
