//! `gan compare`: runs, snapshots or sets of images side by side, and which differences are
//! significant.

use gan_evaluation::Subject;
use gan_metrics::{Estimate, Measurement, Metric, Resampling};
use gan_report::{ComparedMetric, Comparison};
use gan_run::{RunDir, write_file};

use crate::failure::Failure;
use crate::flags::CompareArgs;
use crate::metric_table::number;
use crate::terminal::{self, Work};
use crate::{machine, measuring};

/// Where the page goes unless somebody says otherwise.
const PAGE: &str = "comparison.html";

const ABOUT: &str = "\
± is half of a 95 % confidence interval. Tested is what decides (how far a number is from the best, or
from its baseline), on the same real images and the same seeds: A = B where 95 % leave both possible.
It is about these snapshots: two seeds of one preset can differ by far more, and presets are compared
over several seeds, with `gan sweep`.";

/// The measured numbers of one subject.
struct Column {
    name: String,
    measured: Vec<Measurement>,
}

pub fn run(args: &CompareArgs) -> Result<(), Failure> {
    machine::set_threads_to_all(args.measuring.threads);
    let device = args.measuring.backend.open()?;
    let subjects = args.subjects.iter();
    let subjects = subjects.map(|path| measuring::subject_at(path, &args.measuring.rule, &device));
    let subjects = subjects.collect::<Result<Vec<_>, _>>()?;
    let data = measuring::real_images(&subjects[0], &args.measuring)?;
    let others = if args.measuring.real.is_none() { &subjects[1..] } else { &[] };
    for subject in others {
        let own = match measuring::real_images(subject, &args.measuring) {
            Ok(own) => own,
            Err(error) => {
                terminal::say(format!(
                    "whether {} was trained on the same data is not known: {error}; --real PATH names the \
                     real images for all",
                    subject.name()
                ));
                continue;
            }
        };
        if own.checksum() != data.checksum() && !args.measuring.force {
            return Err(Failure::usage(format!(
                "{} was trained on other data than {}",
                subject.name(),
                subjects[0].name()
            ))
            .hint("--real PATH names the real images for all; --force compares nevertheless"));
        }
    }
    let evaluator = measuring::evaluator(&args.measuring, &data, &device)?;
    let work = Work::begin("features of real images");
    let reference = evaluator.reference(&data, &work)?;
    let suite = evaluator.suite(&reference, Resampling::default().splits)?;
    let mut columns = Vec::new();
    for subject in &subjects {
        let fakes = evaluator.extract(subject, &work)?;
        let measured = evaluator.measure_all(&suite, &fakes, &work)?;
        measuring::keep(subject, &data, &measured);
        columns.push(Column { name: subject.name().to_owned(), measured });
    }
    drop(work);
    let out = args.out.clone().or_else(|| (!args.measuring.json).then(|| PAGE.into()));
    if let Some(out) = &out {
        let mut runs: Vec<RunDir> = Vec::new();
        for run in subjects.iter().filter_map(Subject::run_folder) {
            if !runs.contains(&run) {
                runs.push(run);
            }
        }
        let page = gan_report::comparison_page(&comparison(&columns), &runs)?;
        write_file(out, page.as_bytes())?;
    }
    if args.measuring.json {
        for (subject, column) in subjects.iter().zip(&columns) {
            for measurement in &column.measured {
                terminal::print(measuring::json_line(subject, Some(&data), measurement))?;
            }
        }
        return Ok(());
    }
    terminal::print(table(&columns))?;
    if let Some(out) = out {
        terminal::say(format!("the same as a page, with the runs side by side: {}", out.display()));
    }
    Ok(())
}

/// The same for a page.
fn comparison(columns: &[Column]) -> Comparison {
    let row = |row: &Measurement| {
        let cells = cells(columns, row);
        ComparedMetric {
            name: row.name.clone(),
            metric: row.metric.clone(),
            values: cells
                .iter()
                .map(|cell| cell.map_or_else(|| "–".to_owned(), with_half_width))
                .collect(),
            baseline: row.baseline.as_ref().map_or_else(|| "–".to_owned(), |it| number(it.value)),
            verdict: verdict(&cells),
        }
    };
    Comparison {
        subjects: columns.iter().map(|column| column.name.clone()).collect(),
        metrics: rows(columns).map(row).collect(),
        about: ABOUT.to_owned(),
    }
}

/// The metrics that have a row: classes are many.
fn rows(columns: &[Column]) -> impl Iterator<Item = &Measurement> {
    columns[0].measured.iter().filter(|row| !row.metric.starts_with("class_share_"))
}

/// What each subject has in this row.
fn cells<'a>(columns: &'a [Column], row: &Measurement) -> Vec<Option<&'a Measurement>> {
    columns
        .iter()
        .map(|column| column.measured.iter().find(|other| other.metric == row.metric))
        .collect()
}

fn table(columns: &[Column]) -> String {
    let mut lines: Vec<String> =
        ('A'..).zip(columns).map(|(letter, column)| format!("{letter}  {}", column.name)).collect();
    let letters: String =
        ('A'..).zip(columns).map(|(letter, _)| format!(" {letter:>20}")).collect();
    lines.push(String::new());
    lines.push(format!("{:<32}{letters} {:>10}  significant", "", "baseline"));
    for row in rows(columns) {
        let cells = cells(columns, row);
        let values: String = cells
            .iter()
            .map(|cell| format!(" {:>20}", cell.map_or_else(|| "–".to_owned(), with_half_width)))
            .collect();
        let baseline = row.baseline.as_ref().map_or_else(String::new, |it| number(it.value));
        lines.push(format!("{:<32}{values} {baseline:>10}  {}", row.name, verdict(&cells)));
    }
    lines.push(String::new());
    lines.push(ABOUT.to_owned());
    lines.join("\n")
}

/// `78.24 ± 1.31`.
fn with_half_width(measurement: &Measurement) -> String {
    let value = number(measurement.estimate.value);
    let half_width = measurement.estimate.half_width();
    half_width.map_or(value.clone(), |half| format!("{value} ± {}", number(half)))
}

/// How much farther from the best `first` is than `other`, with its interval.
fn difference(first: &Measurement, other: &Measurement) -> Option<Estimate> {
    let better = Metric::named(&first.metric)?.better;
    match &first.baseline {
        Some(baseline) => {
            Estimate::combined([&first.estimate, &other.estimate, baseline], |[a, b, baseline]| {
                let loss = |value| better.loss(value, Some(baseline)).unwrap_or(f64::NAN);
                loss(a) - loss(b)
            })
        }
        None => {
            better.loss(0.0, None)?;
            Estimate::combined([&first.estimate, &other.estimate], |[a, b]| {
                let loss = |value| better.loss(value, None).unwrap_or(f64::NAN);
                loss(a) - loss(b)
            })
        }
    }
}

/// Which of the others differ from the first, and which of the two is better: `B better`.
fn verdict(cells: &[Option<&Measurement>]) -> String {
    let Some((Some(first), others)) = cells.split_first() else { return String::new() };
    let mut words = Vec::new();
    for (letter, other) in ('B'..).zip(others) {
        let Some(other) = other else { continue };
        let Some(difference) = difference(first, other) else { continue };
        words.push(match (difference.excludes(0.0), difference.value > 0.0) {
            (Some(true), true) => format!("{letter} better"),
            (Some(true), false) => format!("A better than {letter}"),
            _ => format!("A = {letter}"),
        });
    }
    words.join(", ")
}
