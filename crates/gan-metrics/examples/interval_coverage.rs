//! How often the 95 % intervals hold what they should, and how wide they are:
//!
//! ```text
//! cargo run -p gan-metrics --example interval_coverage -- [SAMPLES] [DIMENSIONS] [REPETITIONS]
//! ```
//!
//! `coverage` should be .95; `width` is that of the mean interval, divided by that of the values'
//! own scatter, and should be 1.

#[path = "../tests/metrics/simulation.rs"]
mod simulation;
#[path = "../tests/metrics/synthetic.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod synthetic;

use simulation::{BASELINE, FAR, NEAR, simulate};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let mut next = |default| arguments.next().and_then(Result::ok).unwrap_or(default);
    let (samples, dim, repetitions) = (next(1000), next(32), next(400) as u64);
    println!("{samples} samples, {dim} dimensions, {repetitions} repetitions");
    println!("{:<16} {:<10} {:>10} {:>9} {:>6}", "metric", "", "mean", "coverage", "width");
    for scenario in [BASELINE, NEAR, FAR] {
        for found in simulate(scenario, samples, dim, repetitions) {
            println!(
                "{:<16} {:<10} {:>10.4} {:>9.3} {:>6.2}",
                found.metric, scenario.name, found.mean, found.coverage, found.width
            );
        }
    }
}
