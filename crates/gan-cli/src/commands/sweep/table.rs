//! All runs as a table: how often each setting fails, and whether settings differ.

use gan_evaluation::rank_sum_p_value;
use gan_training::guard::TROUBLES;

use super::one_run::{Outcome, RunResult};
use crate::metric_table::number;

pub(super) fn table(results: &[RunResult]) -> String {
    let settings = settings_of(results);
    let metric = results.iter().find_map(|result| result.metric.as_deref()).unwrap_or("fd");
    let mut lines = vec![format!(
        "{:<28} {:>5} {:>8} {:>10} {:>10}  {metric}: median [lowest, highest], p against the first",
        "preset and loss", "runs", "failed", "not finite", "collapsed"
    )];
    let values_of = |setting: &str| -> Vec<f64> {
        let runs = results.iter().filter(|run| run.setting == setting);
        runs.filter_map(|run| run.value).collect()
    };
    let first = settings.first().map(|setting| values_of(setting)).unwrap_or_default();
    let compared = settings.len();
    for (at, setting) in settings.into_iter().enumerate() {
        let runs: Vec<&RunResult> = results.iter().filter(|run| run.setting == setting).collect();
        let count = |outcome| runs.iter().filter(|run| run.outcome == outcome).count();
        let (not_finite, collapsed) = (count(Outcome::NotFinite), count(Outcome::Collapsed));
        let mut values = values_of(setting);
        values.sort_by(f64::total_cmp);
        let spread = match (values.first(), median(&values), values.last()) {
            (Some(&low), Some(median), Some(&high)) => {
                format!("{} [{}, {}]", number(median), number(low), number(high))
            }
            _ => "–".to_owned(),
        };
        let p = rank_sum_p_value(&first, &values).filter(|_| at > 0);
        let p = p.map_or(String::new(), |p| format!(", p = {p:.3}"));
        let rate = 100.0 * (not_finite + collapsed) as f64 / runs.len() as f64;
        lines.push(format!(
            "{setting:<28} {:>5} {rate:>6.0} % {not_finite:>10} {collapsed:>10}  {spread}{p}",
            runs.len()
        ));
    }
    let troubles: Vec<String> =
        settings_of(results).into_iter().filter_map(|setting| troubles(results, setting)).collect();
    if !troubles.is_empty() {
        lines.push("\nwhat the guard saw at the end of runs:".to_owned());
        lines.extend(troubles);
    }
    if compared > 1 {
        lines.push(
            "\np: how often runs of one setting would differ by as much (rank-sum test over the runs); \
             with\n3 runs of each it is at least .100, with 4 .029, with 5 .008."
                .to_owned(),
        );
    }
    lines.join("\n")
}

fn settings_of(results: &[RunResult]) -> Vec<&str> {
    let mut settings: Vec<&str> = results.iter().map(|result| result.setting.as_str()).collect();
    settings.dedup();
    settings
}

/// How many runs of a setting ended with each trouble; none if no run did.
fn troubles(results: &[RunResult], setting: &str) -> Option<String> {
    let runs: Vec<&RunResult> = results.iter().filter(|run| run.setting == setting).collect();
    let count = |name: &str| {
        runs.iter().filter(|run| run.troubles.iter().any(|trouble| trouble == name)).count()
    };
    let counts = TROUBLES.iter().map(|info| (info.name, count(info.name)));
    let seen = counts.filter(|(_, count)| *count > 0);
    let seen: Vec<String> =
        seen.map(|(name, count)| format!("{name} in {count} of {}", runs.len())).collect();
    (!seen.is_empty()).then(|| format!("{setting:<28} {}", seen.join(", ")))
}

/// Of `values` in ascending order; of an even number of them, the mean of the middle two.
fn median(values: &[f64]) -> Option<f64> {
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(lower / 2.0 + upper / 2.0)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_of_two_values_lies_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[1.0, 4.0]), Some(2.5));
        assert_eq!(median(&[1.0, 2.0, 9.0]), Some(2.0));
    }
}
