//! The guard of a run of the program: where the data is the built-in MNIST, with the digit classifier.

use burn::tensor::{Device, Tensor};
use gan_data::ImageSet;
use gan_metrics::Extractor;
use gan_training::guard::{Classify, Guard, GuardSettings, Trouble};
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

/// What a run that ends with `alarms` is told: what was seen, and what to try, each cure once.
pub fn closing(alarms: &[Alarm], config: &TrainingConfig, data: Option<&str>) -> Vec<String> {
    let (mut lines, mut tried) = (Vec::new(), Vec::new());
    for alarm in alarms {
        let Some(trouble) = Trouble::named(&alarm.trouble) else { continue };
        let info = trouble.info();
        lines.push(format!("{} since step {}: {}", info.name, alarm.step, info.seen));
        // That something was not finite was the last thing that was said, and is what the run ends with.
        if trouble != Trouble::NonFinite {
            lines.push(format!("  {}", alarm.message));
        }
        let cure = info.cure_for(config).filter(|cure| !tried.contains(&cure.flags));
        if let Some(cure) = cure {
            tried.push(cure.flags);
            let data = data.map_or_else(String::new, |path| format!(" --data {path}"));
            let flags = in_preset(cure.flags, config, data.is_empty());
            lines.push(format!("  try: gan{data} {flags} --seed {}  ({})", config.seed, cure.what));
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::time::{Duration, Instant};

    use gan_training::{
        Event, Every, Observer, ObserverError, Observers, Outbox, Preset, Run, RunView, Trainer,
    };

    use super::*;

    /// A guard whose time is measured: for steps, reports, grids and snapshots.
    struct Timed {
        guard: Guard<'static>,
        time: [Duration; 4],
    }

    impl Observer for Timed {
        fn observe(
            &mut self,
            event: &Event,
            run: &dyn RunView,
            outbox: &mut Outbox,
        ) -> Result<(), ObserverError> {
            let start = Instant::now();
            let result = self.guard.observe(event, run, outbox);
            let place = match event {
                Event::Report(_) | Event::Vitals(_) => 1,
                Event::SamplesDue { .. } | Event::SampleStats(_) => 2,
                Event::SnapshotDue { .. } | Event::ClassCounts(_) => 3,
                _ => 0,
            };
            self.time[place] += start.elapsed();
            result
        }
    }

    /// Milliseconds of a step, and of the guard's work for one at the preset's own intervals.
    fn measure(preset: Preset, data: &ImageSet, steps: u64) -> [f64; 2] {
        let device = Device::flex();
        let mut config = preset.config(data.shape());
        let intervals =
            [Every(1), config.report_every, config.samples_every, config.snapshot_every];
        let guard = guard(GuardSettings::default(), data, !data.is_points(), &device);
        config.steps = steps;
        (config.report_every, config.samples_every) = (Every(steps / 10), Every(steps / 5));
        (config.snapshot_every, config.checkpoint_every) = (Every(steps / 2), Every(0));
        let valid = config.for_data(data.clone()).unwrap();
        let mut alone = Trainer::new(valid.clone(), &device);
        let start = Instant::now();
        (0..steps).for_each(|_| alone.advance().unwrap());
        alone.read_steps();
        let step = start.elapsed().as_secs_f64() * 1e3 / steps as f64;

        let mut timed = Timed { guard, time: [Duration::ZERO; 4] };
        let mut run =
            Run::new(Trainer::new(valid, &device), Observers::new().with("guard", &mut timed));
        run.train(&AtomicBool::new(false)).unwrap();
        drop(run);
        // A grid is also drawn before the first step.
        let times = [steps, 10, 6, 2];
        let cost = (0..4)
            .filter(|&i| !intervals[i].is_never())
            .map(|i| timed.time[i].as_secs_f64() * 1e3 / times[i] as f64 / intervals[i].0 as f64);
        [step, cost.sum()]
    }

    #[test]
    #[ignore = "a measurement: cargo test -p gan-cli --lib the_guard_costs -- --ignored --nocapture"]
    fn the_guard_costs_at_most_one_percent_of_a_step() {
        let mnist = gan_data::mnist().unwrap();
        let points: Vec<[f32; 2]> = (0..1000).map(|i| [(i % 7) as f32, (i % 5) as f32]).collect();
        let points = ImageSet::of_points("lattice", &points).unwrap();
        for (preset, data, steps) in [
            (Preset::Tutorial, &mnist, 600),
            (Preset::Mlp, &mnist, 150),
            (Preset::Dcgan, &mnist, 40),
            (Preset::Points, &points, 150),
        ] {
            let [step, guard] = measure(preset, data, steps);
            let percent = 100.0 * guard / step;
            println!("{:<9} step {step:.3} ms, guard {guard:.5} ms: {percent:.2} %", preset.name());
            assert!(percent <= 1.0, "{}: {percent:.2} %", preset.name());
        }
    }
}
