//! The loop around the steps: what is due when, who is told, and how a run ends.

use std::sync::atomic::AtomicBool;

use burn::tensor::Device;
use gan_training::{
    Ending, Evaluated, Event, Every, Loss, NonFinite, Observer, ObserverError, Observers, Outbox,
    Request, Run, RunView, StepValues, TrainError, Trainer,
};

use crate::small;

/// Bars as `small::images`, in a packed file, and the file.
fn packed(folder: &std::path::Path) -> (gan_data::ImageSet, std::path::PathBuf) {
    let array = folder.join("bars.npy");
    let values: Vec<u8> =
        (0..50).flat_map(|i| small::images().image(i).unwrap().into_owned()).collect();
    let values: Vec<f32> = values.into_iter().map(|byte| f32::from(byte) / 255.0).collect();
    std::fs::write(&array, gan_data::numpy::npy(&[50, 4, 4], &values).unwrap()).unwrap();
    let file = folder.join("bars.packed");
    let (set, _) = gan_data::pack(&array, &gan_data::OpenOptions::default(), &file).unwrap();
    (set, file)
}

#[test]
fn a_packed_file_that_shrinks_while_a_run_trains_on_it_ends_the_run_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let (set, file) = packed(folder.path());
    let config = small::config().for_data(set).unwrap();
    let mut trainer = Trainer::new(config, &Device::flex());
    trainer.advance().unwrap();
    let opened = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
    opened.set_len(600).unwrap();
    let mut run = Run::new(trainer, Observers::new());
    let error = run.train(&AtomicBool::new(false)).unwrap_err();
    assert!(matches!(error, TrainError::Step(_)), "{error:?}");
    assert!(error.to_string().contains("bars.packed"), "{error}");
}

/// Writes down what it is told, and asks for a stop after a step if it should.
#[derive(Default)]
struct Diary {
    events: Vec<(&'static str, u64)>,
    values: Vec<StepValues>,
    checkpoints: Vec<Vec<u8>>,
    stop_after: Option<u64>,
    read_at: Option<u64>,
}

impl Observer for Diary {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        let name = match event {
            Event::Begun { .. } => "begun",
            Event::Stepped { step } => {
                assert_eq!(*step, run.step());
                if self.stop_after == Some(*step) {
                    outbox.ask(Request::Stop);
                }
                if self.read_at == Some(*step) {
                    outbox.ask(Request::ReadSteps);
                }
                return Ok(());
            }
            Event::Steps { values } => {
                self.values.extend(values);
                "steps"
            }
            Event::Report(report) => {
                assert!(report.d_loss.is_finite() && report.g_loss.is_finite());
                assert_eq!((report.step, report.images_seen), (run.step(), run.images_seen()));
                "report"
            }
            Event::SamplesDue { .. } => "samples",
            Event::SnapshotDue { .. } => "snapshot",
            Event::EvaluationDue { .. } => "evaluate",
            Event::Evaluated(_) => "evaluated",
            Event::Checkpoint { bytes, .. } => {
                self.checkpoints.push(bytes.clone());
                "checkpoint"
            }
            Event::NonFinite(_) => "non-finite",
            Event::RolledBack { .. } => "rolled back",
            Event::ObserverFailed { .. } => "observer failed",
            Event::Ended { ending: Ending::Finished, .. } => "finished",
            Event::Ended { ending: Ending::Stopped, .. } => "stopped",
            Event::Ended { .. } => "failed",
            _ => "other",
        };
        self.events.push((name, run.step()));
        Ok(())
    }
}

impl Diary {
    fn steps_of(&self, event: &str) -> Vec<u64> {
        self.events.iter().filter(|(name, _)| *name == event).map(|&(_, step)| step).collect()
    }
}

/// Trains to the end; gives how it ended and the trainer.
fn train(trainer: Trainer, diary: &mut Diary) -> (Result<Ending, TrainError>, Trainer) {
    let mut run = Run::new(trainer, Observers::new().with("diary", diary));
    let ending = run.train(&AtomicBool::new(false));
    (ending, run.into_trainer())
}

fn trainer_of(config: gan_training::TrainingConfig) -> Trainer {
    Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex())
}

#[test]
fn everything_comes_at_its_interval_and_at_the_end() {
    let mut diary = Diary::default();
    let (ending, _) = train(small::trainer(&Device::flex()), &mut diary);
    assert_eq!(ending.unwrap(), Ending::Finished);
    assert_eq!(diary.steps_of("begun"), [0]);
    assert_eq!(diary.steps_of("report"), [8, 16, 24, 32, 40]);
    assert_eq!(diary.steps_of("samples"), [0, 16, 32, 40]);
    assert_eq!(diary.steps_of("snapshot"), [20, 40]);
    assert_eq!(diary.steps_of("checkpoint"), [10, 20, 30, 40]);
    assert!(diary.steps_of("evaluate").is_empty());
    assert_eq!(diary.events.last(), Some(&("finished", 40)));
    // The values of every step, once and in order.
    assert!(diary.values.iter().map(|values| values.step).eq(1..=40));
}

#[test]
fn the_values_of_a_step_are_those_of_its_networks() {
    let (mut read, device) = (small::trainer(&Device::flex()), Device::flex());
    read.advance().unwrap();
    let values = read.read_steps().pop().unwrap();
    let probabilities = [values.real_probability, values.fake_probability];
    let accuracies = [values.real_accuracy, values.fake_accuracy];
    for fraction in probabilities.into_iter().chain(accuracies) {
        assert!((0.0..=1.0).contains(&fraction), "{values:?}");
    }
    // −mean log D(x) − mean log(1 − D(G(z))) lies near what the mean logits give, and each mean
    // logit on the side of its probability.
    assert!((values.real_logit > 0.0) == (values.real_probability > 0.5), "{values:?}");
    assert!(values.d_grad_norm > 0.0 && values.g_grad_norm > 0.0, "{values:?}");
    // Asked one at a time or together, they are the same.
    let mut together = small::trainer(&device);
    small::advance(&mut together, 3);
    let mut alone = small::trainer(&device);
    let mut all = Vec::new();
    for _ in 0..3 {
        alone.advance().unwrap();
        all.extend(alone.read_steps());
    }
    assert_eq!(together.read_steps(), all);
}

#[test]
fn evaluations_come_at_their_interval_and_at_the_end_before_the_checkpoint_of_their_step() {
    let mut config = small::config();
    config.evaluate_every = Every(15);
    let mut diary = Diary::default();
    train(trainer_of(config), &mut diary).0.unwrap();
    assert_eq!(diary.steps_of("evaluate"), [15, 30, 40]);
    let at_30: Vec<_> = diary.events.iter().filter(|(_, step)| *step == 30).collect();
    assert_eq!(at_30, [&("steps", 30), &("evaluate", 30), &("checkpoint", 30)]);
}

#[test]
fn a_run_that_is_asked_to_stop_finishes_its_step_and_saves() {
    let mut diary = Diary { stop_after: Some(13), ..Diary::default() };
    let (ending, trainer) = train(small::trainer(&Device::flex()), &mut diary);
    assert_eq!(ending.unwrap(), Ending::Stopped);
    assert_eq!(trainer.step(), 13);
    assert_eq!(diary.steps_of("checkpoint"), [10, 13]);
    assert_eq!(diary.steps_of("samples"), [0, 13]);
    assert_eq!(diary.steps_of("snapshot"), [13]);

    // And it goes on to the same end as a run that nobody stopped.
    let saved = diary.checkpoints.last().unwrap();
    let resumed = Trainer::from_checkpoint(saved, small::images(), &Device::flex()).unwrap();
    let mut rest = Diary::default();
    train(resumed, &mut rest).0.unwrap();
    assert_eq!(rest.steps_of("samples"), [16, 32, 40]);
    let mut whole = Diary::default();
    train(small::trainer(&Device::flex()), &mut whole).0.unwrap();
    assert!(rest.checkpoints.last() == whole.checkpoints.last());
}

#[test]
fn a_run_whose_stop_is_set_from_outside_takes_no_further_step() {
    let mut diary = Diary::default();
    let trainer = small::trainer(&Device::flex());
    let mut run = Run::new(trainer, Observers::new().with("diary", &mut diary));
    assert_eq!(run.train(&AtomicBool::new(true)).unwrap(), Ending::Stopped);
    assert_eq!(run.trainer().step(), 0);
}

#[test]
fn a_finished_run_that_is_started_again_takes_no_step() {
    let (_, trainer) = train(small::trainer(&Device::flex()), &mut Diary::default());
    let mut again = Diary::default();
    let (ending, trainer) = train(trainer, &mut again);
    assert_eq!((ending.unwrap(), trainer.step()), (Ending::Finished, 40));
    assert_eq!(again.events, [("begun", 40), ("checkpoint", 40), ("finished", 40)]);
}

#[test]
fn values_are_read_at_least_every_hundred_steps_and_when_an_observer_asks() {
    let mut config = small::config();
    config.steps = 250;
    config.report_every = Every(1_000);
    (config.samples_every, config.snapshot_every) = (Every(0), Every(0));
    config.checkpoint_every = Every(0);
    let mut diary = Diary { read_at: Some(30), ..Diary::default() };
    train(trainer_of(config), &mut diary).0.unwrap();
    assert_eq!(diary.steps_of("steps"), [30, 130, 230, 250]);
    assert_eq!(diary.steps_of("report"), [250]);
    assert!(diary.values.iter().map(|values| values.step).eq(1..=250));
}

/// A run that comes to a NaN within thirty steps.
fn doomed() -> gan_training::TrainingConfig {
    let mut config = small::config();
    config.loss = Loss::Textbook;
    config.discriminator_adam.learning_rate = 50.0.into();
    config.generator_adam.learning_rate = 50.0.into();
    config.checkpoint_every = Every(1);
    config.snapshot_every = Every(1);
    config.samples_every = Every(1);
    config.report_every = Every(30);
    config
}

#[test]
fn a_loss_that_is_not_finite_ends_the_run_and_nothing_of_it_is_kept() {
    let mut diary = Diary::default();
    let (ending, _) = train(trainer_of(doomed()), &mut diary);
    let TrainError::NonFinite(error) = ending.unwrap_err() else { panic!("another error") };
    assert!(error.step <= 30, "{error}");
    // All that was kept is from before, and the last checkpoint is good.
    for event in ["snapshot", "checkpoint", "samples"] {
        let steps = diary.steps_of(event);
        assert!(steps.iter().all(|&step| step < error.step), "{event}: {steps:?}, {error}");
    }
    if let Some(last) = diary.checkpoints.last() {
        assert!(Trainer::from_checkpoint(last, small::images(), &Device::flex()).is_ok());
    }
    let end: Vec<&str> = diary.events.iter().rev().take(2).map(|&(name, _)| name).collect();
    assert_eq!(end, ["failed", "non-finite"]);
}

#[test]
fn what_led_to_a_loss_that_is_not_finite_is_told() {
    let mut config = doomed();
    (config.samples_every, config.snapshot_every) = (Every(0), Every(0));
    config.checkpoint_every = Every(0);
    let mut diary = Diary::default();
    let (ending, _) = train(trainer_of(config), &mut diary);
    let TrainError::NonFinite(NonFinite { step, .. }) = ending.unwrap_err() else { panic!() };
    assert!(step > 1);
    assert!(diary.values.iter().map(|values| values.step).eq(1..step), "{:?}", diary.values);
}

/// Answers a NaN with the last checkpoint and another configuration.
struct Rescue {
    last: Vec<u8>,
    rescues: u32,
}

impl Observer for Rescue {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        match event {
            Event::Checkpoint { bytes, .. } => self.last.clone_from(bytes),
            Event::NonFinite(_) => {
                self.rescues += 1;
                let mut config = run.config().clone();
                config.loss = Loss::NonSaturating;
                config.discriminator_adam.learning_rate = 1e-3.into();
                config.generator_adam.learning_rate = 1e-3.into();
                let (checkpoint, config) = (self.last.clone(), Box::new(config));
                outbox.ask(Request::RollBack { checkpoint, config });
            }
            _ => {}
        }
        Ok(())
    }
}

#[test]
fn an_observer_can_take_a_run_back_to_a_checkpoint_and_on_with_another_configuration() {
    let (mut diary, mut rescue) = (Diary::default(), Rescue { last: Vec::new(), rescues: 0 });
    let observers = Observers::new().with("diary", &mut diary).with("rescue", &mut rescue);
    let mut run = Run::new(trainer_of(doomed()), observers);
    assert_eq!(run.train(&AtomicBool::new(false)).unwrap(), Ending::Finished);
    assert_eq!(run.trainer().step(), 40);
    assert_eq!(run.trainer().config().loss, Loss::NonSaturating);
    drop(run);
    assert_eq!(rescue.rescues, 1);
    let back = diary.steps_of("rolled back");
    assert_eq!(back.len(), 1);
    assert_eq!(diary.steps_of("checkpoint").iter().filter(|&&step| step == back[0]).count(), 1);
    assert_eq!(diary.events.last(), Some(&("finished", 40)));
}

/// Fails at the first report.
struct Fails {
    as_what: fn(String) -> ObserverError,
    told: u32,
}

impl Observer for Fails {
    fn observe(
        &mut self,
        event: &Event,
        _: &dyn RunView,
        _: &mut Outbox,
    ) -> Result<(), ObserverError> {
        self.told += 1;
        match event {
            Event::Report(_) => Err((self.as_what)("no room".to_owned())),
            _ => Ok(()),
        }
    }
}

#[test]
fn a_failing_observer_is_reported_to_the_others_and_the_run_goes_on_without_it() {
    let (mut diary, mut fails) =
        (Diary::default(), Fails { as_what: |error| ObserverError::dropped(error), told: 0 });
    let observers = Observers::new().with("page", &mut fails).with("diary", &mut diary);
    let mut run = Run::new(small::trainer(&Device::flex()), observers);
    assert_eq!(run.train(&AtomicBool::new(false)).unwrap(), Ending::Finished);
    drop(run);
    assert_eq!(diary.steps_of("observer failed"), [8]);
    assert_eq!(diary.steps_of("report"), [8, 16, 24, 32, 40]);
    // Begun, samples, eight steps, their values, and the report at which it failed.
    assert_eq!(fails.told, 12);
}

#[test]
fn an_observer_without_which_the_run_cannot_go_on_ends_it_and_the_others_are_told() {
    let (mut diary, mut fails) =
        (Diary::default(), Fails { as_what: |error| ObserverError::ends_run(error), told: 0 });
    let observers = Observers::new().with("run folder", &mut fails).with("diary", &mut diary);
    let mut run = Run::new(small::trainer(&Device::flex()), observers);
    let error = run.train(&AtomicBool::new(false)).unwrap_err();
    assert_eq!(error.to_string(), "run folder: no room");
    drop(run);
    let end: Vec<_> = diary.events.iter().rev().take(2).collect();
    assert_eq!(end, [&("failed", 8), &("observer failed", 8)]);
}

/// Evaluates when it is due, in no time.
struct Evaluates;

impl Observer for Evaluates {
    fn observe(
        &mut self,
        event: &Event,
        _: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        if let Event::EvaluationDue { step } = *event {
            outbox.tell(Event::Evaluated(Evaluated {
                step,
                metric: "fd_pixels_50".to_owned(),
                value: Some(1.5),
                interval: None,
                baseline: None,
                is_best: true,
                seconds: 0.0,
                remark: None,
            }));
        }
        Ok(())
    }
}

#[test]
fn what_an_observer_tells_reaches_the_others_at_the_same_step() {
    let mut config = small::config();
    config.evaluate_every = Every(15);
    let mut diary = Diary::default();
    let observers = Observers::new().with("diary", &mut diary).with("evaluation", Evaluates);
    Run::new(trainer_of(config), observers).train(&AtomicBool::new(false)).unwrap();
    assert_eq!(diary.steps_of("evaluated"), [15, 30, 40]);
}

#[test]
fn an_event_comes_back_from_json_without_the_bytes_of_files() {
    let events = [
        Event::Begun { step: 0, steps: 40, images_per_step: 10 },
        Event::Steps { values: vec![StepValues { step: 1, d_loss: 1.25, ..Default::default() }] },
        Event::Checkpoint { step: 5, bytes: Vec::new() },
        Event::NonFinite(NonFinite { step: 3, name: "loss/d".to_owned(), value: f64::INFINITY }),
        Event::Ended { step: 40, ending: Ending::Finished },
    ];
    for event in events {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
    }
    let text = serde_json::to_string(&Event::Checkpoint { step: 5, bytes: vec![1; 99] }).unwrap();
    assert_eq!(text, r#"{"event":"checkpoint","step":5}"#);
}
