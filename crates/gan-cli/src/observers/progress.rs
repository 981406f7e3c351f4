//! What a person sees while a run goes on: one live bar on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use gan_training::{Losses, Trainer};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;

/// The bar, or what stands for it where there is no terminal.
pub struct Progress {
    bar: Option<ProgressBar>,
    patience: Duration,
    last_told: Instant,
    started: Instant,
    first_step: u64,
}

impl Progress {
    /// For a run of `steps` that stands at `first_step`.
    pub fn new(steps: u64, first_step: u64) -> Self {
        let bar = terminal::is_live().then(|| {
            let target = ProgressDrawTarget::stderr_with_hz(10);
            let bar = ProgressBar::with_draw_target(Some(steps), target);
            let style = ProgressStyle::with_template("{bar:20} {pos}/{len} {wide_msg}")
                .expect("a fixed template");
            bar.set_style(style);
            bar.set_position(first_step);
            bar
        });
        let patience = Duration::from_millis(if bar.is_some() { 100 } else { 10_000 });
        let now = Instant::now();
        Self { bar, patience, last_told: now, started: now, first_step }
    }

    /// Whether enough time has passed to tell the person something new.
    pub fn is_due(&self) -> bool {
        self.last_told.elapsed() >= self.patience
    }

    /// Moves the bar, or prints a line if nothing was said for long.
    pub fn tell(&mut self, trainer: &Trainer, losses: Losses) {
        let was_due = self.is_due();
        let line = self.describe(trainer, losses);
        match &self.bar {
            Some(bar) => {
                bar.set_position(trainer.step());
                bar.set_message(line);
            }
            None if was_due => terminal::say(format!("step {} {line}", trainer.step())),
            None => return,
        }
        self.last_told = Instant::now();
    }

    /// Prints `line` above the bar.
    pub fn println(&mut self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| terminal::say(line)),
            None => {
                terminal::say(line);
                self.last_told = Instant::now();
            }
        }
    }

    /// Leaves out time that was not spent on steps.
    pub fn leave_out(&mut self, time: Duration) {
        self.started += time;
    }

    /// Whether there is a bar, and so a terminal.
    pub fn is_live(&self) -> bool {
        self.bar.is_some()
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn describe(&self, trainer: &Trainer, losses: Losses) -> String {
        let steps = (trainer.step() - self.first_step) as f64;
        let per_second = steps / self.started.elapsed().as_secs_f64();
        let images = per_second * trainer.config().images_per_step() as f64;
        let remaining = trainer.config().steps.saturating_sub(trainer.step()) as f64;
        let left = Duration::from_secs((remaining / per_second).min(1e9) as u64);
        let Losses { d_loss, g_loss, d_real, d_fake } = losses;
        format!(
            "· {} left · {images:.0} images/s · loss D {d_loss:.3} G {g_loss:.3} · D(x) {d_real:.2} \
             D(G(z)) {d_fake:.2}",
            humantime::format_duration(left)
        )
    }
}
