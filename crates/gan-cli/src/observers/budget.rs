//! The end of a run's time, and how far the run is until then.

use std::time::Duration;

use gan_training::{Event, Observer, ObserverError, Outbox, Request, RunView};

/// Makes a run last until a deadline: its schedules follow the time, and end with it.
pub struct Budget<'a> {
    /// The time, from any moment on.
    clock: Box<dyn Fn() -> Duration + 'a>,
    deadline: Duration,
    /// What an evaluation takes: one is made after the last step.
    evaluation: Duration,
    start: Option<Start>,
}

/// Where the budget began.
#[derive(Clone, Copy)]
struct Start {
    time: Duration,
    step: u64,
    /// How far the run was: 0, or more for one that goes on.
    progress: f64,
}

impl<'a> Budget<'a> {
    /// Until `clock` is at `deadline`. An evaluation takes `evaluation`, as far as that is known.
    pub fn until(
        deadline: Duration,
        evaluation: Duration,
        clock: impl Fn() -> Duration + 'a,
    ) -> Self {
        Self { clock: Box::new(clock), deadline, evaluation, start: None }
    }

    fn pace(&self, Start { time, step, progress }: Start, run: &dyn RunView) -> Request {
        let end = self.deadline.saturating_sub(self.evaluation);
        let all = end.saturating_sub(time).as_secs_f64();
        let used = (self.clock)().saturating_sub(time).as_secs_f64();
        let progress = match used < all {
            true => progress + (1.0 - progress) * used / all,
            false => 1.0,
        };
        let taken = run.step() - step;
        if taken == 0 {
            return Request::Progress { progress, steps: run.config().steps };
        }
        // A step that would end further behind the deadline than it begins before it is not begun.
        let step_time = used / taken as f64;
        if used + step_time / 2.0 >= all {
            return Request::Finish;
        }
        let steps = run.step().saturating_add(((all - used) / step_time).round() as u64);
        Request::Progress { progress, steps }
    }
}

impl Observer for Budget<'_> {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        let start = match (event, self.start) {
            (Event::Begun { step, .. }, _) => {
                let progress = run.config().progress(*step).min(1.0);
                Start { time: (self.clock)(), step: *step, progress }
            }
            // Steps that are taken back have used their time.
            (Event::RolledBack { step, .. }, Some(start)) => {
                Start { step: start.step.min(*step), ..start }
            }
            (Event::Stepped { .. }, Some(start)) => start,
            (Event::Evaluated(evaluated), _) => {
                self.evaluation = Duration::from_secs_f64(evaluated.seconds.max(0.0));
                return Ok(());
            }
            _ => return Ok(()),
        };
        self.start = Some(start);
        outbox.ask(self.pace(start, run));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::atomic::AtomicBool;

    use burn::tensor::Device;
    use gan_data::ImageSet;
    use gan_training::{Ending, Observers, Preset, Run, Schedule, Trainer, TrainingConfig};

    use super::*;

    fn images() -> ImageSet {
        let bytes = (0..50 * 16).map(|i| (i % 251) as u8).collect();
        ImageSet::new("noise", [1, 4, 4], bytes, None).unwrap()
    }

    fn config() -> TrainingConfig {
        let mut config = TrainingConfig { batch_size: 10, ..Preset::Tutorial.config([1, 4, 4]) };
        config.generator_adam.learning_rate = Schedule::cosine(1e-2, 1e-3);
        config
    }

    /// A clock that each step moves on by what `step_ms` says of its number.
    struct Slow<'a> {
        now: &'a Cell<u64>,
        step_ms: fn(u64) -> u64,
    }

    impl Observer for Slow<'_> {
        fn observe(
            &mut self,
            event: &Event,
            _: &dyn RunView,
            _: &mut Outbox,
        ) -> Result<(), ObserverError> {
            if let Event::Stepped { step } = event {
                self.now.set(self.now.get() + (self.step_ms)(*step));
            }
            Ok(())
        }
    }

    /// Trains until the clock is at `deadline`; gives the trainer and the time.
    fn train(trainer: Trainer, deadline: u64, step_ms: fn(u64) -> u64) -> (Trainer, u64) {
        let now = Cell::new(0);
        let clock = || Duration::from_millis(now.get());
        let observers = Observers::new()
            .with("slow", Slow { now: &now, step_ms })
            .with("budget", Budget::until(Duration::from_millis(deadline), Duration::ZERO, clock));
        let mut run = Run::new(trainer, observers);
        assert_eq!(run.train(&AtomicBool::new(false)).unwrap(), Ending::Finished);
        let trainer = run.into_trainer();
        (trainer, now.get())
    }

    fn new() -> Trainer {
        Trainer::new(config().for_data(images()).unwrap(), &Device::flex())
    }

    fn rate(trainer: &Trainer) -> f64 {
        trainer.gan().generator_adam.config.learning_rate
    }

    #[test]
    fn a_run_ends_in_time_with_its_schedules_on_a_machine_that_becomes_slower_or_faster() {
        let paces: [fn(u64) -> u64; 3] =
            [|_| 10, |step| if step < 50 { 5 } else { 25 }, |step| if step < 20 { 25 } else { 5 }];
        for step_ms in paces {
            let (trainer, time) = train(new(), 1_000, step_ms);
            assert!((975..=1_025).contains(&time), "{time}");
            assert_eq!(trainer.step(), trainer.config().steps);
            assert!(rate(&trainer) < 1.05e-3, "{}", rate(&trainer));
        }
    }

    #[test]
    fn a_run_that_followed_the_time_is_repeated_to_the_bit_from_its_configuration() {
        let (mut timed, _) = train(new(), 400, |step| if step % 7 < 3 { 2 } else { 13 });
        let config = serde_json::to_string(timed.config()).unwrap();
        let config: TrainingConfig = serde_json::from_str(&config).unwrap();
        let again = Trainer::new(config.for_data(images()).unwrap(), &Device::flex());
        let mut run = Run::new(again, Observers::new());
        run.train(&AtomicBool::new(false)).unwrap();
        assert!(run.into_trainer().checkpoint().unwrap() == timed.checkpoint().unwrap());
    }

    #[test]
    fn a_run_goes_on_for_as_long_as_a_further_budget_says_from_where_its_schedules_were() {
        let config = TrainingConfig { steps: 100, ..config() };
        let mut planned = Trainer::new(config.for_data(images()).unwrap(), &Device::flex());
        for _ in 0..50 {
            planned.advance().unwrap();
        }
        let bytes = planned.checkpoint().unwrap();
        let resumed = || Trainer::from_checkpoint(&bytes, images(), &Device::flex()).unwrap();
        let (mut longer, time) = train(resumed(), 2_000, |_| 10);
        assert!((1_990..=2_010).contains(&time), "{time}");
        assert!((248..=252).contains(&longer.step()), "{}", longer.step());
        // Half of the cosine was over.
        assert_eq!(longer.config().progress(49), 0.49);
        let middle = longer.config().progress(150);
        assert!((middle - 0.75).abs() < 0.01, "{middle}");
        assert!(rate(&longer) < 1.05e-3, "{}", rate(&longer));

        // And once more behind its end, its schedules where they ended.
        let bytes = longer.checkpoint().unwrap();
        let finished = Trainer::from_checkpoint(&bytes, images(), &Device::flex()).unwrap();
        let (longest, _) = train(finished, 100, |_| 10);
        assert!((longest.step() - longer.step()).abs_diff(10) <= 1);
        assert!(rate(&longest) < 1.05e-3, "{}", rate(&longest));
        assert!((longest.config().progress(150) - middle).abs() < 1e-12);
    }
}
