//! What the metrics of two sets of features are, and how long they take.
//!
//! ```text
//! cargo run -p gan-metrics --example metric_times -- REAL.npy FAKE.npy THREADS ROUNDS
//! ```
//!
//! Prints JSON: values, and the median milliseconds of the Fréchet distance and of precision, recall,
//! density and coverage together. Without intervals, which other tools do not have.

use std::path::Path;
use std::time::Instant;

use gan_metrics::{
    Features, MetricError, Neighbourhood, Resampling, density_coverage, frechet_distance,
    precision_recall, read_features,
};

/// Neighbours, the default of `prdc`.
const K: usize = 5;

const NO_INTERVALS: Resampling = Resampling { splits: 0, seed: 0 };

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [real, fake, threads, rounds] = arguments.as_slice() else {
        return Err("usage: metric_times REAL.npy FAKE.npy THREADS ROUNDS".into());
    };
    let (threads, rounds) = (threads.parse()?, rounds.parse()?);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let (real, fake) = (read_features(Path::new(real))?, read_features(Path::new(fake))?);
    let (fd, fd_ms) = timed(rounds, || Ok(frechet_distance(&real, &fake, NO_INTERVALS)?.value))?;
    let (neighbours, neighbours_ms) = timed(rounds, || neighbours(&real, &fake))?;
    let report = serde_json::json!({
        "fd": fd, "fd_ms": fd_ms, "neighbours": neighbours, "neighbours_ms": neighbours_ms,
    });
    println!("{report}");
    Ok(())
}

/// Precision, recall, density and coverage.
fn neighbours(real: &Features, fake: &Features) -> Result<[f64; 4], MetricError> {
    let real = Neighbourhood::of(real, K, NO_INTERVALS, 1)?;
    let fake = Neighbourhood::of(fake, K, NO_INTERVALS, 2)?;
    let first = precision_recall(&real, &fake, K)?;
    let second = density_coverage(&real, &fake, K)?;
    Ok([first.precision, first.recall, second.density, second.coverage].map(|it| it.value))
}

/// The result of `work` and the median of its times in milliseconds.
fn timed<T>(
    rounds: usize,
    work: impl Fn() -> Result<T, MetricError>,
) -> Result<(T, f64), MetricError> {
    let mut times = Vec::new();
    let mut result = work()?;
    for _ in 0..rounds {
        let start = Instant::now();
        result = work()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok((result, times[times.len() / 2]))
}
