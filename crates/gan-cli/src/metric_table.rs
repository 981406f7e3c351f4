//! Measured numbers for people.

use gan_metrics::{Estimate, Measurement, Metric};

/// A table: the number, its 95 % interval, its baseline, the ratio where it is one of distances, and
/// which way is better. The shares of the classes are a table of their own.
pub fn table(measured: &[Measurement]) -> String {
    let is_share = |m: &&Measurement| m.metric.starts_with("class_share_");
    let mut lines = vec![format!(
        "{:<32} {:>10}  {:<22} {:>10}  {:>8}  {}",
        "", "samples", "95 % interval", "baseline", "ratio", "better"
    )];
    for m in measured.iter().filter(|m| !is_share(m)) {
        let baseline = m.baseline.as_ref().map_or(String::new(), |it| number(it.value));
        let ratio = m.ratio_to_baseline.map_or(String::new(), |ratio| format!("{ratio:.2} ×"));
        let better = Metric::named(&m.metric).map_or("", |row| row.better.describe());
        lines.push(format!(
            "{:<32} {:>10}  {:<22} {baseline:>10}  {ratio:>8}  {better}",
            m.name,
            number(m.estimate.value),
            interval(&m.estimate)
        ));
    }
    let shares: Vec<&Measurement> = measured.iter().filter(is_share).collect();
    if !shares.is_empty() {
        let percent = |value: f64| format!("{:>6.1}", 100.0 * value);
        let classes: String = (0..shares.len()).map(|class| format!("{class:>6}")).collect();
        let values: String = shares.iter().map(|m| percent(m.estimate.value)).collect();
        lines.extend([String::new(), format!("class        {classes}")]);
        lines.push(format!("samples, %   {values}"));
        if shares.iter().all(|m| m.baseline.is_some()) {
            let baselines = shares.iter().filter_map(|m| m.baseline.as_ref());
            let baselines: String = baselines.map(|it| percent(it.value)).collect();
            lines.push(format!("baseline, %  {baselines}"));
        }
    }
    lines.join("\n")
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
fn interval(estimate: &Estimate) -> String {
    estimate.interval.map_or(String::new(), |i| format!("[{}, {}]", number(i.low), number(i.high)))
}
