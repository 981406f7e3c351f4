//! Measured numbers for people and for programs.

use gan_metrics::{Estimate, Measurement};

/// A line of JSON for each number.
pub fn print_json(measured: &[Measurement]) {
    for measurement in measured {
        println!("{}", serde_json::to_string(measurement).expect("plain data is always JSON"));
    }
}

/// A table: the number, its 95 % interval, its baseline, and the ratio where it is one
/// of distances. The shares of the classes are a table of their own.
pub fn print(measured: &[Measurement]) {
    let is_share = |m: &&Measurement| m.metric.starts_with("class_share_");
    println!(
        "{:<32} {:>10}  {:<22} {:>10}  {:>8}",
        "", "samples", "95 % interval", "baseline", "ratio"
    );
    for m in measured.iter().filter(|m| !is_share(m)) {
        let baseline = m.baseline.as_ref().map_or(String::new(), |it| number(it.value));
        let ratio = m.ratio_to_baseline.map_or(String::new(), |ratio| format!("{ratio:.2} ×"));
        println!(
            "{:<32} {:>10}  {:<22} {baseline:>10}  {ratio:>8}",
            m.name,
            number(m.estimate.value),
            interval(&m.estimate)
        );
    }
    let shares: Vec<&Measurement> = measured.iter().filter(is_share).collect();
    if shares.is_empty() {
        return;
    }
    let percent = |value: f64| format!("{:>6.1}", 100.0 * value);
    let line = |values: Vec<String>| values.join("");
    println!();
    println!(
        "class        {}",
        line((0..shares.len()).map(|class| format!("{class:>6}")).collect())
    );
    println!("samples, %   {}", line(shares.iter().map(|m| percent(m.estimate.value)).collect()));
    if shares.iter().all(|m| m.baseline.is_some()) {
        let baselines = shares.iter().filter_map(|m| m.baseline.as_ref());
        println!("baseline, %  {}", line(baselines.map(|it| percent(it.value)).collect()));
    }
}

/// `78.2`, `0.0153`: four digits that mean something.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 100.0 => format!("{value:.1}"),
        size if size >= 10.0 => format!("{value:.2}"),
        size if size >= 1.0 => format!("{value:.3}"),
        size if size >= 0.001 || size == 0.0 => format!("{value:.4}"),
        _ => format!("{value:.2e}"),
    }
}

/// `[76.9, 79.5]`, or nothing.
pub fn interval(estimate: &Estimate) -> String {
    estimate.interval.map_or(String::new(), |i| format!("[{}, {}]", number(i.low), number(i.high)))
}
