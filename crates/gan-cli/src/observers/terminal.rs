//! What a person sees while a run goes on: one live bar on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use gan_data::picture::Picture;
use gan_training::{Event, Observer, ObserverError, Outbox, Request, RunView, StepValues, Trainer};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::observers::lines;
use crate::observers::pace::Pace;
use crate::sampling::run_picture;
use crate::terminal::{self, picture as terminal_picture};

/// Time between two pictures in the terminal.
const PICTURE_EVERY: Duration = Duration::from_secs(10);

/// Characters of the bar itself.
const BAR: usize = 10;

/// The bar, or what stands for it where there is no terminal.
pub struct Terminal {
    bar: Option<ProgressBar>,
    patience: Duration,
    last_told: Instant,
    last_picture: Option<Instant>,
    /// Since the beginning, for the time left.
    pace: Pace,
    /// Since the last report.
    report_pace: Pace,
    /// Since the last report, too.
    losses: Vec<[f64; 2]>,
}

impl Terminal {
    /// For the run of `trainer`.
    pub fn new(trainer: &Trainer) -> Self {
        let bar = terminal::is_live().then(|| {
            let target = ProgressDrawTarget::stderr_with_hz(10);
            let bar = ProgressBar::with_draw_target(Some(trainer.config().steps), target);
            let style = ProgressStyle::with_template(&format!(
                "{{bar:{BAR}}} {{pos}}/{{len}} {{wide_msg}}"
            ))
            .expect("a fixed template");
            bar.set_style(style);
            bar.set_position(trainer.step());
            bar
        });
        let pace = Pace::from_step(trainer.step());
        Self {
            patience: Duration::from_millis(if bar.is_some() { 100 } else { 10_000 }),
            bar,
            last_told: Instant::now(),
            last_picture: None,
            pace,
            report_pace: pace,
            losses: Vec::new(),
        }
    }

    /// Prints `line`, above the bar if there is one.
    pub fn println(&mut self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| terminal::say(line)),
            None => {
                terminal::say(line);
                self.last_told = Instant::now();
            }
        }
    }

    fn is_due(&self) -> bool {
        self.last_told.elapsed() >= self.patience
    }

    /// Moves the bar, or prints a line if nothing was said for long.
    fn progress(&mut self, values: &[StepValues], run: &dyn RunView) {
        self.losses.extend(values.iter().map(|values| [values.d_loss, values.g_loss]));
        let (Some(latest), was_due) = (values.last(), self.is_due()) else { return };
        let parts = self.describe(latest, run);
        match &self.bar {
            Some(bar) => {
                // A budget may end the run sooner or later than it was planned.
                bar.set_length(run.config().steps);
                bar.set_position(run.step());
                let counts = format!("{}/{} ", run.step(), run.config().steps).len();
                let (_, columns) = console::Term::stderr().size();
                let room = usize::from(columns).saturating_sub(BAR + 1 + counts + 1);
                bar.set_message(as_fits(&parts, room));
            }
            None if was_due => terminal::say(format!("step {} {}", run.step(), parts.join(" · "))),
            None => return,
        }
        self.last_told = Instant::now();
    }

    /// What there is to say, the most important first.
    fn describe(&self, latest: &StepValues, run: &dyn RunView) -> [String; 4] {
        let per_second = self.pace.steps_per_second(run.step());
        let images = per_second * run.config().images_per_step() as f64;
        let remaining = run.config().steps.saturating_sub(run.step()) as f64;
        let left = Duration::from_secs((remaining / per_second).min(1e9) as u64);
        let mean = |which: usize| {
            self.losses.iter().map(|losses| losses[which]).sum::<f64>() / self.losses.len() as f64
        };
        [
            format!("{} left", short(left)),
            format!("D {:.3} G {:.3}", mean(0), mean(1)),
            lines::readings(latest, run.config().loss, 2, " "),
            format!("{images:.0} images/s"),
        ]
    }

    /// One row of the grid is enough to see how a run goes.
    fn preview(&mut self, run: &dyn RunView) {
        let is_last = run.step() == run.config().steps;
        let is_due =
            is_last || self.last_picture.is_none_or(|time| time.elapsed() >= PICTURE_EVERY);
        let is_possible = self.bar.is_some() && terminal_picture::is_possible();
        if !is_due || !is_possible || run.data().is_points() {
            return;
        }
        self.last_picture = Some(Instant::now());
        // Only real points, which a picture of points shows too, could fail to be read.
        let Ok(samples) = run_picture::of_samples(run) else { return };
        let row = first_row(&samples);
        let drawn = terminal_picture::draw(&terminal_picture::halved(&row));
        if let Some(bar) = &self.bar {
            bar.suspend(|| terminal::show(&drawn));
        }
    }
}

impl Observer for Terminal {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        let images_per_second =
            self.report_pace.steps_per_second(run.step()) * run.config().images_per_step() as f64;
        if let Some(line) = lines::line(event, run.config().loss, images_per_second) {
            self.println(&line);
        }
        match event {
            Event::Begun { step, .. } => {
                self.pace = Pace::from_step(*step);
                self.report_pace = self.pace;
            }
            Event::Stepped { .. } if self.is_due() => outbox.ask(Request::ReadSteps),
            Event::Steps { values } => self.progress(values, run),
            Event::Report(report) => {
                self.report_pace = Pace::from_step(report.step);
                self.losses.clear();
            }
            Event::RolledBack { step, .. } => {
                self.pace = Pace::from_step(*step);
                self.report_pace = self.pace;
                self.losses.clear();
            }
            Event::Evaluated(evaluated) => {
                self.pace.leave_out(evaluated.seconds);
                self.report_pace.leave_out(evaluated.seconds);
            }
            Event::SamplesDue { .. } => self.preview(run),
            Event::Ended { .. } => {
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// As many of `parts` as fit whole into `room` characters, the first ones.
fn as_fits(parts: &[String], room: usize) -> String {
    let mut line = String::new();
    for part in parts {
        let longer = if line.is_empty() { part.clone() } else { format!("{line} · {part}") };
        if longer.chars().count() > room {
            break;
        }
        line = longer;
    }
    line
}

/// `1h 3m`, `3m 20s`, `20s`.
pub fn short(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        3600.. => format!("{}h {}m", seconds / 3600, seconds / 60 % 60),
        60.. => format!("{}m {}s", seconds / 60, seconds % 60),
        _ => format!("{seconds}s"),
    }
}

fn first_row(grid: &Picture) -> Picture {
    let height = grid.height / run_picture::COLUMNS;
    let bytes = grid.bytes[..height * grid.width * grid.channels].to_vec();
    Picture { width: grid.width, height, channels: grid.channels, bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_has_no_half_words_and_the_discriminators_verdict_at_80_columns() {
        let parts = ["1h 10m left", "D 0.642 G 0.910", "D(x) 0.64 D(G(z)) 0.36", "12345 images/s"];
        let parts = parts.map(str::to_owned);
        let room = 80 - BAR - 2 - "45000/60000 ".len();
        assert_eq!(as_fits(&parts, room), "1h 10m left · D 0.642 G 0.910 · D(x) 0.64 D(G(z)) 0.36");
        assert_eq!(as_fits(&parts, 40 - BAR - 2 - "45000/60000 ".len()), "1h 10m left");
        assert_eq!(as_fits(&parts, 3), "");
        assert_eq!(as_fits(&parts, 200), parts.join(" · "));
    }
}
