//! `gan watch --tui RUN`: a run of another process, from its files.

use std::path::Path;
use std::time::{Duration, Instant};

use gan_data::picture::{Picture, decode_png};
use gan_run::{ReportLine, RunDir};
use termion::event::Key;

use super::half_blocks::Colours;
use super::screen::Screen;
use super::shown::{Curve, Shown};
use super::view;
use crate::failure::Failure;
use crate::observers::{lines, short};

/// Time between two looks at the files, and between two at the keys.
const LOOK: Duration = Duration::from_secs(1);
const WAIT: Duration = Duration::from_millis(50);
const KEYS: &str = "q leave (the run goes on)";

/// Shows the run until q is pressed.
///
/// # Errors
/// If there is no terminal, or the run's files cannot be read.
pub fn attach(run: &RunDir) -> Result<(), Failure> {
    let mut shown = look(run)?;
    let colours = Colours::of_terminal();
    let mut screen = Screen::enter()?;
    let failed = |error: std::io::Error| Failure::new(format!("the terminal: {error}"));
    let mut looked = Instant::now();
    screen.draw(|frame| view::draw(frame, &shown, colours)).map_err(failed)?;
    loop {
        match screen.key().map_err(failed)? {
            Some(Key::Char('q') | Key::Ctrl('c') | Key::Esc) => return Ok(()),
            Some(_) => {}
            None => std::thread::sleep(WAIT),
        }
        if looked.elapsed() >= LOOK {
            // A file that is being replaced is there again at the next look.
            if let Ok(now) = look(run) {
                shown = now;
            }
            looked = Instant::now();
            screen.draw(|frame| view::draw(frame, &shown, colours)).map_err(failed)?;
        }
    }
}

fn look(run: &RunDir) -> Result<Shown, Failure> {
    let config = run.config()?;
    let reports = run.reports()?;
    let grids = run.fakes();
    let newest = grids.last();
    let step = reports.last().map_or(0, |report| report.step);
    let step = newest.map_or(step, |(of_grid, _)| step.max(*of_grid));
    let mut shown = Shown {
        title: run.name(),
        state: if run.is_training() { "training" } else { "not training" }.to_owned(),
        step,
        steps: config.training.steps,
        pace: reports.last().map_or_else(String::new, |last| pace(last, &config.training)),
        losses: [
            Curve::of(reports.iter().map(|report| (report.step, report.d_loss))),
            Curve::of(reports.iter().map(|report| (report.step, report.g_loss))),
        ],
        readings: reports.last().map_or_else(String::new, |last| {
            format!("D(x) {:.2} D(G(z)) {:.2}", last.d_real, last.d_fake)
        }),
        picture: newest.and_then(|(_, path)| picture(path)),
        keys: KEYS,
        ..Shown::default()
    };
    if let Some(line) = run.evaluations()?.last() {
        shown.metric =
            line.metrics.first().map(|metric| format!("{} {:.4}", metric.name, metric.value));
    }
    for line in run.events()?.values {
        if let Some(text) = lines::line(&line.event, config.training.loss, 0.0) {
            shown.say(&text);
        }
    }
    Ok(shown)
}

fn pace(last: &ReportLine, config: &gan_training::TrainingConfig) -> String {
    let images = config.steps.saturating_sub(last.step) * config.images_per_step();
    let left = images as f64 / last.images_per_second.max(1.0);
    let left = short(Duration::from_secs(left.min(1e9) as u64));
    format!("{left} left {:.0}/s", last.images_per_second)
}

fn picture(path: &Path) -> Option<Picture> {
    decode_png(&std::fs::read(path).ok()?).ok()
}
