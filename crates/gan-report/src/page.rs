//! The page: what is in it, and its text.

use askama::Template;
use gan_run::{MetricLine, RunConfig, RunDir, RunError, names};
use gan_training::AdversarialLoss;
use gan_weights::sha256;
use serde::Serialize;

use crate::chart::{Chart, Told, charts};
use crate::commands::{self, Command};
use crate::comparison::{Comparison, Table};
use crate::pictures::{Frame, Pictures, encoded, frames, picture};
use crate::sections::configuration::{self, Difference, Setting};
use crate::sections::facts::{self, Fact};
use crate::sections::happenings::{self, Happening, Mark};
use crate::sections::metrics::{self, Class, Row};

pub(crate) const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = include_str!("../assets/report.js");
const EXPLORER: &str = include_str!("../assets/explorer.js");
const UPLOT_STYLE: &str = include_str!("../assets/uPlot.min.css");
const UPLOT: &str = include_str!("../assets/uPlot.iife.min.js");

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    title: String,
    /// What `gan info` says of the page: keywords and texts.
    about: Vec<(&'static str, String)>,
    version: &'static str,
    live: bool,
    runs: Vec<Section>,
    comparison: Option<Table>,
    differences: Vec<Difference>,
    charts: Vec<Heading>,
    /// JSON, escaped for a script element.
    data: String,
    style: &'static str,
    script: &'static str,
    explorer: &'static str,
    uplot_style: &'static str,
    uplot: &'static str,
}

/// What is said of one run.
struct Section {
    name: String,
    anchor: String,
    url: String,
    state: &'static str,
    facts: Vec<Fact>,
    latest: Option<Frame>,
    reals: Option<String>,
    nearest: Option<String>,
    happenings: Vec<Happening>,
    metrics: Vec<Row>,
    classes: Vec<Class>,
    settings: Vec<Setting>,
    changed: usize,
    commands: Vec<Command>,
    unreadable: usize,
}

/// Above a chart.
struct Heading {
    id: String,
    title: String,
    about: String,
}

/// What the script draws.
#[derive(Serialize)]
struct Data {
    runs: Vec<RunData>,
    charts: Vec<Chart>,
}

#[derive(Serialize)]
struct RunData {
    name: String,
    steps: u64,
    frames: Vec<Frame>,
    marks: Vec<Mark>,
}

/// The page of `runs`: one, or several side by side.
///
/// # Errors
/// If a file of a run cannot be read, or is no configuration.
pub fn page(runs: &[RunDir], pictures: Pictures) -> Result<String, RunError> {
    page_with(None, runs, pictures)
}

/// The page of what `gan compare` found, with the `runs` that it is about side by side.
///
/// # Errors
/// As of [`page`].
pub fn comparison_page(comparison: &Comparison, runs: &[RunDir]) -> Result<String, RunError> {
    page_with(Some(Table::of(comparison)), runs, Pictures::Inside)
}

fn page_with(
    comparison: Option<Table>,
    runs: &[RunDir],
    pictures: Pictures,
) -> Result<String, RunError> {
    let configs = runs.iter().map(RunDir::config).collect::<Result<Vec<_>, _>>()?;
    let told = runs.iter().zip(&configs).map(|(run, config)| told(run, config));
    let mut told = told.collect::<Result<Vec<_>, _>>()?;
    tell_apart(&mut told, runs);
    let data = collect(runs, &configs, &told, pictures);
    let mut sections = Vec::new();
    for ((run, config), (told, of_run)) in
        runs.iter().zip(&configs).zip(told.iter().zip(&data.runs))
    {
        sections.push(section(run, config, told, of_run, pictures)?);
    }
    let heading = |chart: &Chart| Heading {
        id: chart.id.clone(),
        title: chart.title.clone(),
        about: chart.about.clone(),
    };
    let about = runs.iter().zip(&configs).flat_map(|(run, config)| origin(run, config, pictures));
    let page = Page {
        about: about.collect(),
        title: match (&comparison, sections.as_slice()) {
            (Some(comparison), _) => format!("Comparison of {}", comparison.subjects.len()),
            (None, [section]) => section.name.clone(),
            (None, sections) => format!("{} runs", sections.len()),
        },
        comparison,
        version: env!("CARGO_PKG_VERSION"),
        live: pictures == Pictures::Beside,
        differences: if runs.len() > 1 { configuration::differences(&configs) } else { Vec::new() },
        charts: data.charts.iter().map(heading).collect(),
        data: as_script(&data),
        runs: sections,
        style: STYLE,
        script: SCRIPT,
        explorer: EXPLORER,
        uplot_style: UPLOT_STYLE,
        uplot: UPLOT,
    };
    Ok(page.render().expect("rendering into memory does not fail"))
}

/// Where what is said of `run` comes from.
fn origin(run: &RunDir, config: &RunConfig, pictures: Pictures) -> Vec<(&'static str, String)> {
    let training = &config.training;
    let mut about = vec![
        ("gan-run", run.name()),
        ("gan-configuration", training.sha256()),
        ("gan-preset", training.preset.clone()),
        ("gan-data", config.data.name.clone()),
        ("gan-run-seed", training.seed.to_string()),
        ("gan-steps", training.steps.to_string()),
    ];
    // A live page is made anew with every change, and names no snapshot for long.
    if pictures == Pictures::Inside
        && let Some((step, path)) = run.snapshots().pop()
        && let Ok(bytes) = std::fs::read(path)
    {
        about.extend([("gan-snapshot", sha256(&bytes)), ("gan-step", step.to_string())]);
    }
    about
}

pub(crate) fn told(run: &RunDir, config: &RunConfig) -> Result<Told, RunError> {
    Ok(Told {
        name: run.name(),
        has_probabilities: config.training.loss.has_probabilities(),
        reports: run.reports()?,
        evaluations: run.evaluations()?,
        events: run.events()?.values,
    })
}

/// Runs of different folders may have the same name: then the folder is named, too.
fn tell_apart(told: &mut [Told], runs: &[RunDir]) {
    let names: Vec<String> = told.iter().map(|told| told.name.clone()).collect();
    for (told, run) in told.iter_mut().zip(runs) {
        let is_shared = names.iter().filter(|name| **name == told.name).count() > 1;
        let path = run.path().canonicalize().unwrap_or_else(|_| run.path().to_owned());
        if is_shared && let Some(folder) = path.parent().and_then(|folder| folder.file_name()) {
            told.name = format!("{}/{}", folder.to_string_lossy(), told.name);
        }
    }
}

fn collect(runs: &[RunDir], configs: &[RunConfig], told: &[Told], pictures: Pictures) -> Data {
    let of_run = |((run, config), told): ((&RunDir, &RunConfig), &Told)| RunData {
        name: told.name.clone(),
        steps: config.training.steps,
        frames: frames(run, pictures, runs.len()),
        marks: happenings::marks(&told.events),
    };
    Data { runs: runs.iter().zip(configs).zip(told).map(of_run).collect(), charts: charts(told) }
}

fn section(
    run: &RunDir,
    config: &RunConfig,
    told: &Told,
    data: &RunData,
    pictures: Pictures,
) -> Result<Section, RunError> {
    let state = facts::state(run, config, told);
    let measured = run.metrics()?;
    let settings = configuration::settings(config);
    Ok(Section {
        name: told.name.clone(),
        url: encoded(&run.name()),
        anchor: encoded(&told.name).replace('%', "_"),
        state: state.word,
        facts: facts::facts(run, config, told, &state),
        latest: data.frames.last().cloned(),
        reals: picture(run, names::REALS, pictures),
        nearest: picture(run, names::NEAREST, pictures),
        happenings: happenings::happenings(&told.events),
        metrics: metrics::rows(&measured.values),
        classes: classes(&measured.values, config, told),
        changed: settings.iter().filter(|setting| setting.preset.is_some()).count(),
        settings,
        commands: commands::of(run),
        unreadable: run.stats()?.unreadable + run.events()?.unreadable + measured.unreadable,
    })
}

/// How often each class is generated: as measured, or else as the guard counted last.
fn classes(measured: &[MetricLine], config: &RunConfig, told: &Told) -> Vec<Class> {
    let classes = metrics::classes(measured);
    match classes.is_empty() {
        true => happenings::classes(&told.events, config.data.classes.as_deref()),
        false => classes,
    }
}

/// JSON that no HTML parser takes for the end of a script.
fn as_script(data: &Data) -> String {
    serde_json::to_string(data).expect("plain data").replace('<', "\\u003c")
}
