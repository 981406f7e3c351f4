//! Intervals hold what they say and are no wider than they must be, at the baseline, near it and
//! far from it. `examples/interval_coverage.rs` is the same with more repetitions.

use gan_metrics::METRICS;

use crate::simulation::{BASELINE, FAR, NEAR, Scenario, simulate};

/// Repetitions: enough to see an interval that is a third too wide.
const REPETITIONS: u64 = 80;

#[track_caller]
fn intervals_hold(scenario: Scenario) {
    let found = simulate(scenario, 300, 12, REPETITIONS);
    // Only counts have none.
    let counts = ["modes", "classes_covered"];
    let expected: Vec<&str> =
        METRICS.iter().map(|metric| metric.name).filter(|name| !counts.contains(name)).collect();
    assert_eq!(found.iter().map(|found| found.metric).collect::<Vec<_>>(), expected);
    let wrong: Vec<_> = found
        .iter()
        .filter(|found| {
            assert!(found.mean.is_finite(), "{found:?}");
            // Four standard deviations of the simulation's own noise around .93 and 1.2.
            !(0.85..=1.0).contains(&found.coverage) || !(0.7..=1.4).contains(&found.width)
        })
        .collect();
    assert!(wrong.is_empty(), "{}: {wrong:#?}", scenario.name);
}

#[test]
fn intervals_are_right_at_the_baseline() {
    intervals_hold(BASELINE);
}

#[test]
fn intervals_are_right_near_the_baseline() {
    intervals_hold(NEAR);
}

#[test]
fn intervals_are_right_far_from_the_baseline() {
    intervals_hold(FAR);
}
