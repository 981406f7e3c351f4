//! Runs whose schedules follow something else than their steps, and how that is recorded.

use std::sync::atomic::AtomicBool;

use burn::tensor::Device;
use gan_training::{
    Ending, Event, Observer, ObserverError, Observers, Outbox, Request, Run, RunView, Schedule,
    Trainer, TrainingConfig, Trajectory,
};

use crate::small;

/// Says after each step that the run is as far as the list has it, and then that it is over.
struct Says(Vec<f64>);

impl Observer for Says {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        if matches!(event, Event::Begun { .. } | Event::Stepped { .. }) {
            outbox.ask(match self.0.get(run.step() as usize) {
                Some(&progress) => Request::Progress { progress, steps: 7 },
                None => Request::Finish,
            });
        }
        Ok(())
    }
}

fn config() -> TrainingConfig {
    let mut config = small::config();
    config.generator_adam.learning_rate = Schedule::cosine(1e-2, 1e-3);
    config
}

fn train(trainer: Trainer, progress: &[f64]) -> Trainer {
    let mut run = Run::new(trainer, Observers::new().with("clock", Says(progress.to_vec())));
    assert_eq!(run.train(&AtomicBool::new(false)).unwrap(), Ending::Finished);
    run.into_trainer()
}

/// A run of `config` alone, from its first step to its last.
fn repeat(config: TrainingConfig) -> Trainer {
    let trainer = Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex());
    let mut run = Run::new(trainer, Observers::new());
    assert_eq!(run.train(&AtomicBool::new(false)).unwrap(), Ending::Finished);
    run.into_trainer()
}

fn trajectory(text: &str) -> Trajectory {
    text.parse().unwrap()
}

#[test]
fn schedules_follow_what_an_observer_says_and_the_configuration_alone_repeats_that() {
    let device = Device::flex();
    let progress = [0.0, 0.0, 0.3, 0.3049, 0.306, 0.9, 0.99, 1.0, 1.0];
    let mut told = Trainer::new(config().for_data(small::images()).unwrap(), &device);
    told = train(told, &progress);
    assert_eq!((told.step(), told.config().steps), (9, 9));
    let recorded = "2@0/200 2@60/200 1@61/200 1@180/200 1@198/200 2@200/200";
    assert_eq!(told.config().trajectory, Some(trajectory(recorded)));
    assert_eq!(told.gan().generator_adam.config.learning_rate, 1e-3);

    let mut again = repeat(told.config().clone());
    assert!(again.checkpoint().unwrap() == told.checkpoint().unwrap());
    let mut plain = Trainer::new(config().for_data(small::images()).unwrap(), &device);
    small::advance(&mut plain, 9);
    assert!(small::generator_weights(&plain) != small::generator_weights(&told));
}

#[test]
fn a_run_that_goes_on_keeps_what_its_first_steps_followed() {
    let mut planned = Trainer::new(config().for_data(small::images()).unwrap(), &Device::flex());
    small::advance(&mut planned, 3);
    let bytes = planned.checkpoint().unwrap();
    let resumed = Trainer::from_checkpoint(&bytes, small::images(), &Device::flex()).unwrap();
    let mut longer = train(resumed, &[f64::NAN, f64::NAN, f64::NAN, 0.5, 0.75]);
    let recorded = trajectory("3@0+1/40 1@100/200 1@150/200");
    assert_eq!(longer.config().trajectory, Some(recorded));
    let config = longer.config().clone();
    assert_eq!(
        (0..5).map(|step| config.progress(step)).collect::<Vec<_>>(),
        [0.0, 1.0 / 40.0, 2.0 / 40.0, 0.5, 0.75]
    );

    let mut again = repeat(config);
    assert!(again.checkpoint().unwrap() == longer.checkpoint().unwrap());

    // Without anybody who says, the rest is on a line to the end.
    let more = TrainingConfig { steps: 15, ..longer.config().clone() };
    assert_eq!(more.progress(5), 0.75);
    assert_eq!(more.progress(10), 0.875);
    assert_eq!(more.progress(15), 1.0);
}

#[test]
fn a_trajectory_is_text_in_files_and_an_impossible_one_is_refused_with_what_is_wrong() {
    let text = "3@0+1/40 1@100/200 1@150/200";
    assert_eq!(trajectory(text).to_string(), text);
    assert_eq!(trajectory(text).steps(), 5);
    let wrong = [
        ("3", "`3` is no stretch of steps, such as 13@1/200"),
        ("3@1", "`3@1` is no stretch"),
        ("0@1/200", "leaves the way from 0 to 1"),
        ("3@0/0", "leaves"),
        ("3@201/200", "leaves"),
        ("4@0+1/3", "`4@0+1/3` leaves"),
        ("18446744073709551615@0+2/200", "leaves"),
        ("9007199254740993@0/200", "leaves"),
    ];
    for (text, rule) in wrong {
        let told = text.parse::<Trajectory>().unwrap_err();
        assert!(told.contains(rule), "{text}: {told}");
    }
    let config = TrainingConfig { trajectory: Some(trajectory("41@0/200")), ..config() };
    let told = config.for_data(small::images()).unwrap_err().to_string();
    assert!(told.contains("steps is 40, but the trajectory records 41 steps"), "{told}");
}

#[test]
fn a_trajectory_that_goes_back_is_refused() {
    assert!("2@0/2 3@1/2".parse::<Trajectory>().is_ok());
    let error = "2@1/2 3@0/2".parse::<Trajectory>().unwrap_err();
    assert!(error.to_string().contains("3@0/2"), "{error}");
}
