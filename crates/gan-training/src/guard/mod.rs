//! The guard: an observer that looks for what goes wrong with GANs, says so with the evidence, and ends
//! or rescues the run where it may.
//!
//! Each watch is a file, with its statistical test and its thresholds; [`TROUBLES`] is the one table of
//! what they look for. The values of steps are read off the device for reports anyway, so the guard adds
//! a few sums a step to the host's work and none to the device's; at a sample grid it draws the images of
//! the grid.

mod collapse;
mod gradient;
mod hysteresis;
mod memorisation;
mod missing_class;
mod oscillation;
mod progress;
mod saturation;
mod troubles;
mod vitals;
mod watch;
mod watches;

use std::any::Any;
use std::collections::VecDeque;

use burn::tensor::Tensor;
use gan_model::SampleRequest;
use serde::{Deserialize, Serialize};

pub use troubles::{Cause, Cure, TROUBLES, Trouble, TroubleInfo, as_markdown};
pub use watch::Facts;
pub use watches::{Finding, Watches};

use crate::config::{Model, Schedule, TrainingConfig};
use crate::run::{
    Alarm, ClassCounts, Event, NonFinite, Observer, ObserverError, Outbox, Request, RunView,
    Severity, StepValues,
};
use vitals::{Rows, Sums};

/// Steps whose values are told when something is not finite.
const LAST_VALUES: usize = 5;
/// Samples that are classified, and the first of their seeds: none that a grid shows.
const CLASSIFIED: u64 = 1_000;
const FIRST_CLASSIFIED: u64 = 1 << 32;
/// A rollback makes learning rates so many times what they were.
const SLOWER: f64 = 0.5;

/// What to do about an alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum OnTrouble {
    /// Say it and train on.
    #[default]
    Continue,
    /// Say it, save the run, end it.
    Stop,
    /// Go back to the last checkpoint, with other random numbers and half the learning rate.
    Rollback,
}

/// What to do about a loss or a weight that is NaN or infinite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum OnNan {
    /// End the run; the last checkpoint is good.
    #[default]
    Stop,
    /// Go back to the last checkpoint, with other random numbers and half the learning rate.
    Rollback,
}

/// What the guard may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardSettings {
    /// About a value that is not finite.
    pub on_nan: OnNan,
    /// About every other trouble.
    pub on_trouble: OnTrouble,
    /// Rollbacks in a run, at most.
    pub max_rollbacks: u32,
}

/// Finds the class of each image, `[batch, channels, height, width]`; none if it cannot.
pub type Classify<'a> = Box<dyn FnMut(Tensor<4>) -> Option<Vec<usize>> + 'a>;

/// Looks for troubles while a run trains.
pub struct Guard<'a> {
    settings: GuardSettings,
    watches: Option<Watches>,
    sums: Sums,
    reals: Option<Rows>,
    last_samples: Option<Rows>,
    last_values: VecDeque<StepValues>,
    /// To go back to.
    checkpoint: Option<Vec<u8>>,
    rollbacks: u32,
    /// A rollback is asked for and not made yet: other troubles of this step go with it.
    is_rolling_back: bool,
    classify: Option<Classify<'a>>,
    alarms: Vec<Alarm>,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self { on_nan: OnNan::Stop, on_trouble: OnTrouble::Continue, max_rollbacks: 3 }
    }
}

impl<'a> Guard<'a> {
    /// A guard of one run.
    pub fn new(settings: GuardSettings) -> Self {
        Self {
            settings,
            watches: None,
            sums: Sums::default(),
            reals: None,
            last_samples: None,
            last_values: VecDeque::new(),
            checkpoint: None,
            rollbacks: 0,
            is_rolling_back: false,
            classify: None,
            alarms: Vec::new(),
        }
    }

    /// The same with a classifier of the data's classes, which finds those that are missing.
    pub fn with_classifier(self, classify: Classify<'a>) -> Self {
        Self { classify: Some(classify), ..self }
    }

    /// The same with the checkpoint that a run is resumed from, to go back to until there is a later one.
    pub fn with_checkpoint(self, bytes: Vec<u8>) -> Self {
        Self { checkpoint: self.may_roll_back().then_some(bytes), ..self }
    }

    /// The same of a run that has been rolled back so often before it was resumed.
    pub fn with_rollbacks(self, rollbacks: u32) -> Self {
        Self { rollbacks, ..self }
    }

    /// The alarms so far that stand: raised and not taken back, the earliest first.
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    fn may_roll_back(&self) -> bool {
        self.settings.on_nan == OnNan::Rollback || self.settings.on_trouble == OnTrouble::Rollback
    }

    fn look<M: Model>(&mut self, event: &Event, run: &dyn RunView<M>, outbox: &mut Outbox<M>) {
        let watches = self.watches.get_or_insert_with(|| Watches::new(Facts::of(run.config())));
        for Finding { trouble, raised, message } in watches.look(event) {
            // A loss is read after its step.
            let step = match event {
                Event::NonFinite(non_finite) => non_finite.step,
                _ => run.step(),
            };
            let name = trouble.name();
            self.alarms.retain(|alarm| alarm.trouble != name);
            if !raised {
                let text = format!("{name}: no longer seen ({message})");
                outbox.tell(Event::Note { step, text });
                continue;
            }
            // Cures are flags of `gan`, which has the library's networks and losses.
            let built_in = (run.config() as &dyn Any).downcast_ref::<TrainingConfig>();
            let cure = built_in.and_then(|config| trouble.info().cure_for(config));
            let alarm = Alarm {
                step,
                trouble: name.to_owned(),
                severity: match trouble {
                    Trouble::NonFinite => Severity::Failure,
                    Trouble::NoProgress => Severity::Hint,
                    _ => Severity::Warning,
                },
                message: match trouble {
                    Trouble::NonFinite => format!("{message}{}", self.values_before()),
                    _ => message,
                },
                advice: cure.map(|cure| format!("{}: {}", cure.what, cure.flags)),
            };
            self.alarms.push(alarm.clone());
            outbox.tell(Event::Alarm(alarm));
            self.act(trouble, run, outbox);
        }
    }

    fn act<M: Model>(&mut self, trouble: Trouble, run: &dyn RunView<M>, outbox: &mut Outbox<M>) {
        let action = match (trouble, self.settings.on_nan) {
            (Trouble::NonFinite, OnNan::Stop) => return,
            (Trouble::NonFinite, OnNan::Rollback) => OnTrouble::Rollback,
            _ => self.settings.on_trouble,
        };
        let step = run.step();
        let mut note = |text: String| outbox.tell(Event::Note { step, text });
        match action {
            OnTrouble::Continue => return,
            OnTrouble::Stop => {}
            OnTrouble::Rollback if self.is_rolling_back => return,
            OnTrouble::Rollback => match &self.checkpoint {
                Some(checkpoint) if self.rollbacks < self.settings.max_rollbacks => {
                    self.rollbacks += 1;
                    self.is_rolling_back = true;
                    let config = slower(run.config(), self.rollbacks);
                    note(format!(
                        "{}: rollback {} of {} at most, to the last checkpoint, with other random \
                         numbers (seed {}) and {SLOWER} times the learning rates",
                        trouble.name(),
                        self.rollbacks,
                        self.settings.max_rollbacks,
                        config.seed
                    ));
                    let checkpoint = checkpoint.clone();
                    outbox.ask(Request::RollBack { checkpoint, config: Box::new(config) });
                    return;
                }
                Some(_) => note(format!("{} rollbacks did not help", self.rollbacks)),
                None => note("no rollback: there is no checkpoint yet".to_owned()),
            },
        }
        outbox.ask(Request::Stop);
    }

    fn values_before(&self) -> String {
        let line = |values: &StepValues| {
            format!(
                "\n  step {}: loss D {:.4}, G {:.4}, gradient norm D {:.3e}, G {:.3e}",
                values.step, values.d_loss, values.g_loss, values.d_grad_norm, values.g_grad_norm
            )
        };
        match self.last_values.is_empty() {
            true => String::new(),
            false => {
                "; before it".to_owned() + &self.last_values.iter().map(line).collect::<String>()
            }
        }
    }

    fn count_classes<M: Model>(&mut self, step: u64, run: &dyn RunView<M>) -> Option<Event> {
        let (classify, labels) = (self.classify.as_mut()?, run.data().labels()?);
        let seeds = FIRST_CLASSIFIED..FIRST_CLASSIFIED + CLASSIFIED;
        let images = run.sampler().images(&SampleRequest::seeds(seeds)).ok()?;
        let found = classify(images)?;
        let classes =
            labels.iter().map(|&label| label as usize).chain(found.iter().copied()).max()? + 1;
        let mut counts = vec![0; classes];
        found.iter().for_each(|&class| counts[class] += 1);
        let mut of_data = vec![0.0; classes];
        labels.iter().for_each(|&label| of_data[label as usize] += 1.0 / labels.len() as f64);
        Some(Event::ClassCounts(ClassCounts { step, counts, of_data }))
    }
}

impl<M: Model> Observer<M> for Guard<'_> {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView<M>,
        outbox: &mut Outbox<M>,
    ) -> Result<(), ObserverError> {
        match event {
            Event::Steps { values } => {
                self.sums.add(values);
                let last = values.len().saturating_sub(LAST_VALUES);
                self.last_values.extend(&values[last..]);
                let too_many = self.last_values.len().saturating_sub(LAST_VALUES);
                self.last_values.drain(..too_many);
            }
            Event::Report(report) => {
                if let Some(vitals) = self.sums.take(report.step) {
                    outbox.tell(Event::Vitals(vitals));
                }
            }
            Event::SamplesDue { step } => {
                let reals = match &mut self.reals {
                    Some(reals) => reals,
                    none => none.insert(Rows::read(run.reals().map_err(ObserverError::ends_run)?)),
                };
                let samples = Rows::read(run.samples());
                let stats = samples.stats(*step, reals, self.last_samples.as_ref());
                self.last_samples = Some(samples);
                outbox.tell(Event::SampleStats(stats));
            }
            Event::SnapshotDue { step } => {
                if let Some(counts) = self.count_classes(*step, run) {
                    outbox.tell(counts);
                }
            }
            Event::Checkpoint { bytes, .. } => {
                self.checkpoint = self.may_roll_back().then(|| bytes.clone());
            }
            Event::RolledBack { .. } => {
                self.is_rolling_back = false;
                (self.watches, self.sums, self.last_samples) = (None, Sums::default(), None);
                self.last_values.clear();
            }
            Event::Vitals(_)
            | Event::SampleStats(_)
            | Event::ClassCounts(_)
            | Event::Evaluated(_)
            | Event::NonFinite(NonFinite { .. }) => self.look(event, run, outbox),
            _ => {}
        }
        Ok(())
    }
}

/// The configuration that a run goes on with after its `rollback`-th rollback.
fn slower<M: Model>(config: &TrainingConfig<M>, rollback: u32) -> TrainingConfig<M> {
    let mut config = config.clone();
    // An odd constant far from small seeds: neighbouring seeds stay apart.
    config.seed = config.seed.wrapping_add(0x9e37_79b9 * u64::from(rollback));
    for adam in [&mut config.generator_adam, &mut config.discriminator_adam] {
        adam.learning_rate = match adam.learning_rate {
            Schedule::Constant(rate) => Schedule::Constant(rate * SLOWER),
            Schedule::Cosine(mut cosine) => {
                (cosine.from, cosine.to) = (cosine.from * SLOWER, cosine.to * SLOWER);
                Schedule::Cosine(cosine)
            }
        };
    }
    config
}
