//! What observers are told, and what they ask for: agreed on by all ranks, since a rank that went its own
//! way would wait for the others for ever.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Run, TrainError};
use crate::config::{Model, TrainingConfig, Trajectory};
use crate::run::event::Event;
use crate::run::observer::{ObserverError, Outbox, Request};

impl<M: Model> Run<'_, M> {
    /// Tells all observers of `event`, and then of what they have to say themselves.
    pub(super) fn tell(&mut self, event: Event) -> Result<(), TrainError> {
        let mut events = VecDeque::from([event]);
        let (mut failure, mut pace) = (None, Pace::default());
        while let Some(event) = events.pop_front() {
            for seat in &mut self.observers.seats {
                let Some(observer) = &mut seat.observer else { continue };
                let mut outbox = Outbox::default();
                let result = observer.observe(&event, &self.trainer, &mut outbox);
                events.extend(outbox.events);
                for request in outbox.requests {
                    match request {
                        Request::ReadSteps => self.read_now = true,
                        Request::Checkpoint => self.checkpoint_now = true,
                        Request::Samples => self.samples_now = true,
                        Request::Stop => self.stop = true,
                        Request::Progress { progress, steps } => pace.follow(progress, steps),
                        Request::Finish => pace.is_over = true,
                        Request::RollBack { .. } => self.roll_back = Some(request),
                    }
                }
                let Err(error) = result else { continue };
                seat.observer = None;
                let ends_run = matches!(error, ObserverError::EndsRun(_));
                events.push_back(Event::ObserverFailed {
                    step: self.trainer.step(),
                    observer: seat.name.clone(),
                    error: error.to_string(),
                    ends_run,
                });
                if let ObserverError::EndsRun(source) = error {
                    let observer = seat.name.clone();
                    failure.get_or_insert(TrainError::Observer { observer, source });
                }
            }
        }
        self.agree(failure, &mut pace)?;
        if let Some((progress, steps)) = pace.progress {
            self.trainer.set_progress(progress, steps);
        }
        if pace.is_over {
            self.trainer.finish();
        }
        Ok(())
    }

    /// What observers of rank 0 ask for is asked for on all ranks; a signal may have reached any of them.
    fn agree(&mut self, failure: Option<TrainError>, pace: &mut Pace) -> Result<(), TrainError> {
        let ranks = self.trainer.ranks().clone();
        if ranks.ranks() == 1 {
            return failure.map_or(Ok(()), Err);
        }
        let wishes = Wishes::of(self.roll_back.as_ref(), failure.as_ref());
        let has_more = wishes.failure.is_some() || wishes.roll_back.is_some();
        let asked = [self.stop, self.read_now, self.checkpoint_now, self.samples_now];
        let [a, b, c, d] = asked.map(f32::from);
        let [part, steps] = pace.numbers();
        let flags = [has_more, pace.is_over].map(f32::from);
        let mut sums = [a, b, c, d, flags[0], flags[1], part, steps];
        ranks.sum(&mut sums);
        let [stop, read_now, checkpoint_now, samples_now, has_more, is_over] =
            [0, 1, 2, 3, 4, 5].map(|flag| sums[flag] > 0.0);
        (self.all_stop, self.read_now) = (stop, read_now);
        (self.checkpoint_now, self.samples_now) = (checkpoint_now, samples_now);
        *pace = Pace::of_numbers([sums[6], sums[7]], is_over);
        if has_more {
            let json = serde_json::to_vec(&wishes).expect("plain data is always JSON");
            let said = ranks.gather(&json);
            let said = said.iter().map(|said| serde_json::from_slice::<Wishes<M>>(said));
            let mut roll_back = None;
            for (rank, wishes) in said.enumerate() {
                let Wishes { failure: failed, roll_back: config } = wishes.expect("written above");
                if let Some((observer, source)) = failed {
                    return Err(
                        failure.unwrap_or(TrainError::Observer { observer, source: source.into() })
                    );
                }
                roll_back = roll_back.or(config.map(|config| (rank, config)));
            }
            if let Some((rank, config)) = roll_back {
                // As it is: a checkpoint is as large as all weights and moments.
                let own = match &self.roll_back {
                    Some(Request::RollBack { checkpoint, .. }) => checkpoint.as_slice(),
                    _ => &[],
                };
                let checkpoint = ranks.broadcast(rank, own);
                self.roll_back = Some(Request::RollBack { checkpoint, config });
            }
        }
        Ok(())
    }
}

/// How far the run is, as far as an observer has said so.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    /// And how many steps it will have had.
    progress: Option<(f64, u64)>,
    is_over: bool,
}

impl Pace {
    fn follow(&mut self, progress: f64, steps: u64) {
        self.progress = Some((progress, steps));
    }

    /// For ranks to add up, of which one at most has said something: the part of the way, from 1 on, and
    /// the steps.
    fn numbers(self) -> [f32; 2] {
        match self.progress {
            Some((progress, steps)) => [(Trajectory::part(progress) + 1) as f32, steps as f32],
            None => [0.0, 0.0],
        }
    }

    fn of_numbers([part, steps]: [f32; 2], is_over: bool) -> Self {
        let part = (part as u64).checked_sub(1);
        let progress = part.map(|part| (Trajectory::progress_of(part), steps as u64));
        Self { progress, is_over }
    }
}

/// What a rank has to tell the others after an event.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct Wishes<M: Model> {
    /// What to go on with from a checkpoint, whose bytes follow.
    roll_back: Option<Box<TrainingConfig<M>>>,
    /// The observer that the run cannot do without, and what went wrong for it.
    failure: Option<(String, String)>,
}

impl<M: Model> Wishes<M> {
    fn of(request: Option<&Request<M>>, failure: Option<&TrainError>) -> Self {
        let roll_back = match request {
            Some(Request::RollBack { config, .. }) => Some(config.clone()),
            _ => None,
        };
        let failure = match failure {
            Some(TrainError::Observer { observer, source }) => {
                Some((observer.clone(), source.to_string()))
            }
            _ => None,
        };
        Self { roll_back, failure }
    }
}
