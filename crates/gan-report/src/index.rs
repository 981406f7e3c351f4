//! The list of runs that the live page begins with.

use askama::Template;
use gan_run::{RunDir, RunError};

use crate::number::{grouped, short};
use crate::page::{STYLE, told};
use crate::pictures::{Pictures, encoded, frames};
use crate::sections::facts::{self, State};

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    runs: Vec<Entry>,
    broken: usize,
    style: &'static str,
}

struct Entry {
    name: String,
    url: String,
    state: &'static str,
    progress: String,
    latest: Option<String>,
    metric: Option<String>,
}

/// The page that lists `runs`, the newest first, each with its latest grid, metric and state.
pub fn index(runs: &[RunDir]) -> String {
    let entries: Vec<Entry> = runs.iter().rev().filter_map(|run| entry(run).ok()).collect();
    let broken = runs.len() - entries.len();
    let page = Index { runs: entries, broken, style: STYLE };
    page.render().expect("rendering into memory does not fail")
}

fn entry(run: &RunDir) -> Result<Entry, RunError> {
    let config = run.config()?;
    let told = told(run, &config)?;
    let State { word, step } = facts::state(run, &config, &told);
    let metric = told.evaluations.last().and_then(|line| {
        let metric = line.metrics.first()?;
        Some(format!("{} {}", metric.name, short(metric.value)))
    });
    Ok(Entry {
        name: run.name(),
        url: encoded(&run.name()),
        state: word,
        progress: format!("step {} of {}", grouped(step), grouped(config.training.steps)),
        latest: frames(run, Pictures::Beside, 1).pop().map(|frame| frame.src),
        metric,
    })
}
