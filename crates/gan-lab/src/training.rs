//! A run of a demonstration: trained to its end or to NaN, with pictures on the way.

use burn::tensor::Tensor;
use gan_data::picture::{Frame, Layer, Picture, encode_png, grid, scatter};
use gan_data::{DataError, ImageSet};
use gan_model::Sampler;
use gan_training::guard::{Guard, GuardSettings};
use gan_training::{
    Event, NonFinite, Observer, ObserverError, Observers, Outbox, Run, RunView, SampleStats,
    StepValues, TrainError, Trainer, TrainingConfig,
};

use crate::page::Panel;
use crate::svg::Line;
use crate::{Lab, LabError};

/// What became of a run.
pub(crate) struct Outcome {
    /// What its generator draws at the end.
    pub(crate) sampler: Sampler,
    /// Every step's values.
    pub(crate) values: Vec<StepValues>,
    /// What the fixed latents' images were like, at every picture.
    pub(crate) samples: Vec<SampleStats>,
    /// Pictures of the fixed latents over time.
    pub(crate) frames: Vec<Panel>,
    /// The first value that was not finite, which ended the run.
    pub(crate) non_finite: Option<NonFinite>,
    /// Troubles that the guard saw, by name; each once.
    pub(crate) alarms: Vec<String>,
}

/// Trains `config` on `data`; `what` is said of it meanwhile.
pub(crate) fn train(
    lab: &Lab<'_>,
    what: &str,
    config: TrainingConfig,
    data: ImageSet,
    guard: GuardSettings,
) -> Result<Outcome, LabError> {
    train_and_look(lab, what, config, data, guard, &mut |_| {})
}

/// The same; `look` sees the trainer whenever a picture is due.
pub(crate) fn train_and_look(
    lab: &Lab<'_>,
    what: &str,
    config: TrainingConfig,
    data: ImageSet,
    guard: GuardSettings,
    look: &mut dyn FnMut(&Trainer),
) -> Result<Outcome, LabError> {
    let trainer = Trainer::new(config.for_data(data)?, lab.device);
    look(&trainer);
    let mut guard = Guard::new(guard);
    let mut witness = Witness { lab, what, seen: Seen::default() };
    let observers = Observers::new().with("guard", &mut guard).with("lab", &mut witness);
    let mut run = Run::new(trainer, observers);
    let non_finite = loop {
        match run.advance() {
            Ok(None) => {
                let trainer = run.trainer();
                let (step, config) = (trainer.step(), trainer.config());
                if config.samples_every.due(step) || step == config.steps {
                    look(trainer);
                }
            }
            Ok(Some(_)) => break None,
            Err(TrainError::NonFinite(non_finite)) => break Some(non_finite),
            Err(error) => return Err(error.into()),
        }
    };
    let trainer = run.into_trainer();
    let sampler = RunView::sampler(&trainer);
    let Seen { values, samples, frames, alarms } = witness.seen;
    Ok(Outcome { sampler, values, samples, frames, non_finite, alarms })
}

impl Outcome {
    /// A value of every step, as a line; at most so many points as can be seen.
    pub(crate) fn line(&self, colour: &'static str, of: fn(&StepValues) -> f64) -> Line {
        let points = self.values.iter().map(|values| [values.step as f64, of(values)]).collect();
        Line { colour, points }
    }

    /// What the guard said, or that it said nothing.
    pub(crate) fn alarms(&self) -> String {
        match self.alarms.as_slice() {
            [] => "nothing".to_owned(),
            alarms => alarms.join(", "),
        }
    }
}

/// Images as rows of numbers on the host.
pub(crate) fn rows(images: Tensor<4>) -> Vec<f32> {
    images.into_data().iter::<f32>().collect()
}

/// Points of the plane, `[count, 2, 1, 1]`.
pub(crate) fn points(images: Tensor<4>) -> Vec<[f32; 2]> {
    rows(images).as_chunks().0.to_vec()
}

struct Witness<'a> {
    lab: &'a Lab<'a>,
    what: &'a str,
    seen: Seen,
}

#[derive(Default)]
struct Seen {
    values: Vec<StepValues>,
    samples: Vec<SampleStats>,
    frames: Vec<Panel>,
    alarms: Vec<String>,
}

impl Observer for Witness<'_> {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        _: &mut Outbox,
    ) -> Result<(), ObserverError> {
        let Seen { values, samples, frames, alarms } = &mut self.seen;
        match event {
            Event::Steps { values: new } => {
                values.extend(new);
                let done = run.step() as f64 / run.config().steps as f64;
                (self.lab.progress)(self.what, done);
            }
            Event::SampleStats(stats) => samples.push(stats.clone()),
            Event::SamplesDue { step } => {
                let png = picture(run).and_then(|picture| encode_png(&picture, &[]));
                let png = png.map_err(ObserverError::ends_run)?;
                frames.push(Panel::png(format!("step {step}"), &png));
            }
            Event::Alarm(alarm) if !alarms.contains(&alarm.trouble) => {
                alarms.push(alarm.trouble.clone());
            }
            _ => {}
        }
        Ok(())
    }
}

/// The images of the fixed latents, or the points over real ones.
fn picture(run: &dyn RunView) -> Result<Picture, DataError> {
    if !run.data().is_points() {
        return Ok(grid(run.samples(), 4));
    }
    let (reals, fakes) = (points(run.reals()?), points(run.samples()));
    let layers = [
        Layer { points: &reals, colour: [150, 150, 150] },
        Layer { points: &fakes, colour: [31, 111, 235] },
    ];
    Ok(scatter(&layers, Frame::around(&reals)))
}
