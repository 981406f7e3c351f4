//! The loop around the steps: what is due when, and how a run ends.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::Device;
use gan_training::{Ending, Every, Loss, Losses, Observer, TrainError, Trainer, train};

use crate::small;

/// Writes down what it is told, and asks for a stop after a step if it should.
#[derive(Default)]
struct Diary<'a> {
    events: Vec<(&'static str, u64)>,
    checkpoints: Vec<Vec<u8>>,
    stop_after: Option<(u64, &'a AtomicBool)>,
    steps_asked: u64,
}

impl Observer for Diary<'_> {
    type Error = Infallible;

    fn wants_progress(&mut self) -> bool {
        self.steps_asked += 1;
        if let Some((step, stop)) = self.stop_after {
            stop.store(self.steps_asked >= step, Ordering::Relaxed);
        }
        false
    }

    fn progress(&mut self, trainer: &Trainer, _: Losses) -> Result<(), Infallible> {
        self.events.push(("progress", trainer.step()));
        Ok(())
    }

    fn report(&mut self, trainer: &Trainer, losses: Losses) -> Result<(), Infallible> {
        assert!(losses.d_loss.is_finite() && losses.g_loss.is_finite());
        assert!((0.0..=1.0).contains(&losses.d_real) && (0.0..=1.0).contains(&losses.d_fake));
        self.events.push(("report", trainer.step()));
        Ok(())
    }

    fn samples(&mut self, trainer: &Trainer) -> Result<(), Infallible> {
        self.events.push(("samples", trainer.step()));
        Ok(())
    }

    fn snapshot(&mut self, trainer: &Trainer) -> Result<(), Infallible> {
        self.events.push(("snapshot", trainer.step()));
        Ok(())
    }

    fn evaluate(&mut self, trainer: &Trainer) -> Result<(), Infallible> {
        self.events.push(("evaluate", trainer.step()));
        Ok(())
    }

    fn checkpoint(&mut self, trainer: &Trainer, checkpoint: &[u8]) -> Result<(), Infallible> {
        self.events.push(("checkpoint", trainer.step()));
        self.checkpoints.push(checkpoint.to_vec());
        Ok(())
    }
}

impl Diary<'_> {
    fn steps_of(&self, event: &str) -> Vec<u64> {
        self.events.iter().filter(|(name, _)| *name == event).map(|&(_, step)| step).collect()
    }
}

#[test]
fn everything_comes_at_its_interval_and_at_the_end() {
    let (mut trainer, mut diary) = (small::trainer(&Device::flex()), Diary::default());
    let ending = train(&mut trainer, &mut diary, &AtomicBool::new(false)).unwrap();
    assert_eq!(ending, Ending::Finished);
    assert_eq!(diary.steps_of("report"), [8, 16, 24, 32, 40]);
    assert_eq!(diary.steps_of("samples"), [0, 16, 32, 40]);
    assert_eq!(diary.steps_of("snapshot"), [20, 40]);
    assert_eq!(diary.steps_of("checkpoint"), [10, 20, 30, 40]);
    assert!(diary.steps_of("evaluate").is_empty());
}

#[test]
fn evaluations_come_at_their_interval_and_at_the_end_before_the_checkpoint_of_their_step() {
    let mut config = small::config();
    config.evaluate_every = Every(15);
    let mut trainer = Trainer::new(config, small::images(), &Device::flex()).unwrap();
    let mut diary = Diary::default();
    train(&mut trainer, &mut diary, &AtomicBool::new(false)).unwrap();
    assert_eq!(diary.steps_of("evaluate"), [15, 30, 40]);
    let at_30: Vec<_> = diary.events.iter().filter(|(_, step)| *step == 30).collect();
    assert_eq!(at_30, [&("evaluate", 30), &("checkpoint", 30)]);
}

#[test]
fn a_run_that_is_asked_to_stop_finishes_its_step_and_saves() {
    let stop = AtomicBool::new(false);
    let mut diary = Diary { stop_after: Some((13, &stop)), ..Diary::default() };
    let mut trainer = small::trainer(&Device::flex());
    assert_eq!(train(&mut trainer, &mut diary, &stop).unwrap(), Ending::Stopped);
    assert_eq!(trainer.step(), 13);
    assert_eq!(diary.steps_of("checkpoint"), [10, 13]);

    // And it goes on to the same end as a run that nobody stopped.
    let saved = diary.checkpoints.last().unwrap();
    let mut resumed = Trainer::from_checkpoint(saved, small::images(), &Device::flex()).unwrap();
    let mut rest = Diary::default();
    train(&mut resumed, &mut rest, &AtomicBool::new(false)).unwrap();
    assert_eq!(rest.steps_of("samples"), [16, 32, 40]);
    let mut whole = Diary::default();
    train(&mut small::trainer(&Device::flex()), &mut whole, &AtomicBool::new(false)).unwrap();
    assert!(rest.checkpoints.last() == whole.checkpoints.last());
}

#[test]
fn a_finished_run_that_is_started_again_takes_no_step() {
    let mut trainer = small::trainer(&Device::flex());
    train(&mut trainer, &mut Diary::default(), &AtomicBool::new(false)).unwrap();
    let mut again = Diary::default();
    let ending = train(&mut trainer, &mut again, &AtomicBool::new(false)).unwrap();
    assert_eq!((ending, trainer.step()), (Ending::Finished, 40));
    assert_eq!(again.events, [("checkpoint", 40)]);
}

#[test]
fn losses_are_read_at_least_every_hundred_steps() {
    let mut config = small::config();
    config.steps = 250;
    config.report_every = Every(1_000);
    (config.samples_every, config.snapshot_every) = (Every(0), Every(0));
    config.checkpoint_every = Every(0);
    let mut trainer = Trainer::new(config, small::images(), &Device::flex()).unwrap();
    let mut diary = Diary::default();
    train(&mut trainer, &mut diary, &AtomicBool::new(false)).unwrap();
    assert_eq!(diary.steps_of("progress"), [100, 200]);
    assert_eq!(diary.steps_of("report"), [250]);
}

#[test]
fn a_loss_that_is_not_finite_ends_the_run_and_nothing_sick_is_kept() {
    let mut config = small::config();
    config.loss = Loss::Textbook;
    config.discriminator_adam.learning_rate = 50.0.into();
    config.generator_adam.learning_rate = 50.0.into();
    config.checkpoint_every = Every(1);
    config.snapshot_every = Every(1);
    config.samples_every = Every(1);
    config.report_every = Every(30);
    let mut trainer = Trainer::new(config, small::images(), &Device::flex()).unwrap();
    let mut diary = Diary::default();
    let error = train(&mut trainer, &mut diary, &AtomicBool::new(false)).unwrap_err();
    let TrainError::NonFinite(error) = error;
    assert!(error.step <= 30, "{error}");
    // All that was kept is from before, and the last checkpoint is good.
    for event in ["snapshot", "checkpoint", "samples"] {
        let steps = diary.steps_of(event);
        assert!(steps.iter().all(|&step| step < error.step), "{event}: {steps:?}, {error}");
    }
    if let Some(last) = diary.checkpoints.last() {
        assert!(Trainer::from_checkpoint(last, small::images(), &Device::flex()).is_ok());
    }
}
