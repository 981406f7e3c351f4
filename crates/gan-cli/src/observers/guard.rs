//! The guard of a run of the program: where the data is the built-in MNIST, with the digit classifier.

use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_metrics::Extractor;
use gan_training::guard::{Classify, Guard, GuardSettings};
use gan_training::{Alarm, TrainingConfig};

/// Images that are classified together.
const BATCH: usize = 250;

/// A guard of a run on `data`; `is_mnist` where its classes are those of the digit classifier.
pub fn guard(
    settings: GuardSettings,
    data: &ImageSet,
    is_mnist: bool,
    device: &Device,
) -> Guard<'static> {
    let guard = Guard::new(settings);
    let fits = is_mnist && data.shape() == [1, 28, 28] && data.labels().is_some();
    match fits.then(|| Extractor::mnistcnn(device)) {
        Some(Ok(extractor)) => guard.with_classifier(classifier(extractor)),
        _ => guard,
    }
}

fn classifier(extractor: Extractor) -> Classify<'static> {
    Box::new(move |images: Tensor<4>| {
        let count = images.dims()[0];
        let mut classes = Vec::with_capacity(count);
        for start in (0..count).step_by(BATCH) {
            let batch = images.clone().narrow(0, start, BATCH.min(count - start));
            let logits = extractor.outputs(batch).ok()?.logits?;
            let width = logits.dims()[1];
            let values: Vec<f32> = logits.into_data().iter::<f32>().collect();
            classes.extend(values.chunks(width).map(most_likely));
        }
        Some(classes)
    })
}

fn most_likely(logits: &[f32]) -> usize {
    let by_logit = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    by_logit.expect("a classifier has classes").0
}

/// What a run that ends with `alarms` is told: what was seen, and what to try.
pub fn closing(alarms: &[Alarm], config: &TrainingConfig, data: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    for alarm in alarms {
        let Some(trouble) = gan_training::guard::Trouble::named(&alarm.trouble) else { continue };
        let info = trouble.info();
        lines.push(format!("{} since step {}: {}", info.name, alarm.step, info.seen));
        lines.push(format!("  {}", alarm.message));
        if let Some(cure) = info.cure_for(config) {
            let data = data.map_or_else(String::new, |path| format!(" --data {path}"));
            let seed = config.seed;
            lines.push(format!("  try: {}:", cure.what));
            let flags = in_preset(cure.flags, config, data.is_empty());
            lines.push(format!("  gan{data} {flags} --seed {seed}"));
        }
    }
    lines
}

/// The cure's flags, behind the run's own preset unless they name another, or it is that of the
/// built-in data.
fn in_preset(flags: &str, config: &TrainingConfig, is_built_in: bool) -> String {
    match flags.contains("--preset") || (is_built_in && config.preset == "tutorial") {
        true => flags.to_owned(),
        false => format!("--preset {} {flags}", config.preset),
    }
}
