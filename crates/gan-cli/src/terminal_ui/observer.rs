//! `gan train --tui`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gan_training::{Ending, Event, Observer, ObserverError, Outbox, Request, RunView, Trainer};
use termion::event::Key;

use super::half_blocks::Colours;
use super::screen::Screen;
use super::shown::Shown;
use super::view;
use crate::failure::Failure;
use crate::observers::{Pace, lines, short};
use crate::sampling::run_picture;

/// Time between two frames.
const FRAME: Duration = Duration::from_millis(200);
/// Time between two looks at the keys while the run is paused.
const WAIT: Duration = Duration::from_millis(30);
const KEYS: &str = "c checkpoint  s sample  p pause  q stop";

/// The run on the whole terminal, and keys that ask it for something.
pub struct TerminalUi {
    screen: Screen,
    shown: Shown,
    colours: Colours,
    pace: Pace,
    drawn: Instant,
    is_paused: bool,
    /// Set from elsewhere, such as by SIGTERM.
    stop: &'static AtomicBool,
}

impl TerminalUi {
    /// Takes the terminal over for the run `name` of `trainer`.
    ///
    /// # Errors
    /// If there is no terminal.
    pub fn new(
        name: String,
        trainer: &Trainer,
        stop: &'static AtomicBool,
    ) -> Result<Self, Failure> {
        let shown = Shown {
            title: name,
            state: "training".to_owned(),
            step: trainer.step(),
            steps: trainer.config().steps,
            keys: KEYS,
            ..Shown::default()
        };
        let pace = Pace::from_step(trainer.step());
        let (colours, drawn) = (Colours::of_terminal(), Instant::now());
        Ok(Self { screen: Screen::enter()?, shown, colours, pace, drawn, is_paused: false, stop })
    }

    /// Adds a line to the events.
    pub fn say(&mut self, line: &str) {
        self.shown.say(line);
    }

    fn draw(&mut self) -> std::io::Result<()> {
        self.drawn = Instant::now();
        self.screen.draw(|frame| view::draw(frame, &self.shown, self.colours))
    }

    /// Does what the keys ask for; waits here while the run is paused.
    fn follow_keys(&mut self, outbox: &mut Outbox) -> std::io::Result<()> {
        loop {
            match self.screen.key()? {
                Some(Key::Char('c')) => {
                    self.shown.say("a checkpoint is written after this step");
                    outbox.ask(Request::Checkpoint);
                }
                Some(Key::Char('s')) => {
                    self.shown.say("samples are drawn after this step");
                    outbox.ask(Request::Samples);
                }
                Some(Key::Char('p' | ' ')) => self.pause(!self.is_paused),
                Some(Key::Char('q') | Key::Ctrl('c')) => {
                    self.shown.state = "stopping".to_owned();
                    self.is_paused = false;
                    outbox.ask(Request::Stop);
                }
                Some(_) => {}
                None if self.is_paused && !self.stop.load(Ordering::Relaxed) => {
                    self.draw()?;
                    std::thread::sleep(WAIT);
                }
                None => return Ok(()),
            }
        }
    }

    fn pause(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
        let state = if is_paused { "paused: p goes on" } else { "training" };
        self.shown.state = state.to_owned();
        self.pace = Pace::from_step(self.shown.step);
    }

    fn take(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> std::io::Result<()> {
        let per_second = self.pace.steps_per_second(run.step());
        let images = per_second * run.config().images_per_step() as f64;
        self.shown.step = run.step();
        if !matches!(event, Event::Report(_))
            && let Some(line) = lines::line(event, run.config().loss, images)
        {
            self.shown.say(&line);
        }
        match event {
            Event::Stepped { .. } => {
                self.follow_keys(outbox)?;
                if self.drawn.elapsed() >= FRAME {
                    outbox.ask(Request::ReadSteps);
                }
            }
            Event::Steps { values } => {
                for values in values {
                    self.shown.losses[0].push(values.step, values.d_loss);
                    self.shown.losses[1].push(values.step, values.g_loss);
                }
                if let Some(latest) = values.last() {
                    self.shown.readings = lines::readings(latest, run.config().loss, 2, " ");
                }
                let left = run.config().steps.saturating_sub(run.step()) as f64 / per_second;
                let left = short(Duration::from_secs(left.min(1e9) as u64));
                self.shown.pace = format!("{left} left {images:.0}/s");
            }
            Event::Evaluated(evaluated) => {
                self.pace.leave_out(evaluated.seconds);
                self.shown.metric =
                    evaluated.value.map(|value| format!("{} {value:.4}", evaluated.metric));
            }
            // Where they cannot be drawn, the run folder says so.
            Event::SamplesDue { .. } => self.shown.picture = run_picture::of_samples(run).ok(),
            Event::Checkpoint { step, .. } => self.shown.say(&format!("checkpoint of step {step}")),
            Event::RolledBack { step, .. } => {
                self.shown.losses.iter_mut().for_each(|curve| curve.forget_after(*step));
                self.pace = Pace::from_step(*step);
            }
            Event::Ended { ending, .. } => {
                let word = if *ending == Ending::Finished { "finished" } else { "ended" };
                self.shown.state = word.to_owned();
            }
            _ => {}
        }
        if self.drawn.elapsed() >= FRAME
            || !matches!(event, Event::Stepped { .. } | Event::Steps { .. })
        {
            self.draw()?;
        }
        Ok(())
    }
}

impl Observer for TerminalUi {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        // A terminal that has gone away ends no training.
        self.take(event, run, outbox).map_err(ObserverError::dropped)
    }
}
