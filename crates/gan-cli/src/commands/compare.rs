//! `gan compare`: runs, snapshots or sets of images side by side, and whether they differ by more
//! than noise.

use gan_metrics::{Estimate, Measurement, Metric};
use serde_json::json;

use crate::commands::evaluate::Subject;
use crate::evaluation::{self, Evaluator};
use crate::failure::Failure;
use crate::flags::CompareArgs;
use crate::machine;
use crate::metric_table::number;

/// The measured numbers of one subject.
struct Column {
    name: String,
    measured: Vec<Measurement>,
}

pub fn run(args: &CompareArgs) -> Result<(), Failure> {
    machine::set_threads_to_all(args.measuring.threads);
    let subjects =
        args.subjects.iter().map(|path| Subject::at(path)).collect::<Result<Vec<_>, _>>()?;
    let data = subjects[0].real(args.measuring.real.as_deref())?;
    for subject in &subjects[1..] {
        let own = subject.real(args.measuring.real.as_deref());
        if own.is_ok_and(|own| own.checksum() != data.checksum()) && !args.measuring.force {
            return Err(Failure::usage(format!(
                "{} was trained on other data than {}",
                subject.name(),
                subjects[0].name()
            ))
            .hint("--real PATH names the real images for all; --force compares nevertheless"));
        }
    }
    let device = args.measuring.backend.open()?;
    let evaluator = Evaluator::new(&args.measuring, &data, device)?;
    let bar = evaluation::progress();
    let reference = evaluator.reference(&data, &bar)?;
    let mut columns = Vec::new();
    for subject in &subjects {
        let fakes = subject.extract(&evaluator, &bar)?;
        let measured = evaluator.measure(&reference, &fakes, &bar)?;
        columns.push(Column { name: subject.name(), measured });
    }
    bar.finish_and_clear();
    if args.measuring.json {
        for column in &columns {
            for measurement in &column.measured {
                let mut line = serde_json::to_value(measurement).expect("plain data");
                line["subject"] = json!(column.name);
                println!("{line}");
            }
        }
        return Ok(());
    }
    print(&columns);
    Ok(())
}

fn print(columns: &[Column]) {
    for (letter, column) in ('A'..).zip(columns) {
        println!("{letter}  {}", column.name);
    }
    println!();
    print!("{:<32}", "");
    for (letter, _) in ('A'..).zip(columns) {
        print!(" {letter:>20}");
    }
    println!(" {:>10}  significant", "baseline");
    let first = &columns[0].measured;
    for row in first.iter().filter(|row| !row.metric.starts_with("class_share_")) {
        let cells: Vec<Option<&Measurement>> = columns
            .iter()
            .map(|column| column.measured.iter().find(|other| other.metric == row.metric))
            .collect();
        print!("{:<32}", row.name);
        for cell in &cells {
            print!(" {:>20}", cell.map_or_else(|| "–".to_owned(), with_reach));
        }
        let baseline = row.baseline.as_ref().map_or_else(String::new, |it| number(it.value));
        println!(" {baseline:>10}  {}", verdict(&cells));
    }
    println!();
    println!(
        "± is half of a 95 % interval. Which is better is tested on the same real images and,"
    );
    println!("split into the same halves, the same seeds: A = B where 95 % leaves both possible.");
}

/// `78.24 ± 1.31`.
fn with_reach(measurement: &Measurement) -> String {
    let value = number(measurement.estimate.value);
    reach(measurement).map_or(value.clone(), |reach| format!("{value} ± {}", number(reach)))
}

fn reach(measurement: &Measurement) -> Option<f64> {
    measurement.estimate.interval.map(|interval| (interval.high - interval.low) / 2.0)
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

/// `A < B`: which pairs with the first differ, and which of the two is better.
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
