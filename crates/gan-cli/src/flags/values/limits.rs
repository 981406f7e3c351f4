//! How large a number on the command line may be. Each limit is far beyond what anybody needs, and
//! far below what exhausts a machine.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Time, such as `90s`, `3m` or `1h`.
pub fn time(text: &str) -> Result<Duration, String> {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    match time <= YEAR {
        true => Ok(time),
        false => Err("at most a year; --steps ends a run after so many steps".to_owned()),
    }
}

/// Threads.
pub fn threads(text: &str) -> Result<usize, String> {
    within(text, 1..=1024)
}

/// Runs at a time.
pub fn jobs(text: &str) -> Result<usize, String> {
    within(text, 1..=1024)
}

/// Sides of the square that a pixel is drawn as.
pub fn scale(text: &str) -> Result<usize, String> {
    within(text, 1..=64)
}

/// Frames of an animation from one seed to the next.
pub fn frames(text: &str) -> Result<usize, String> {
    within(text, 1..=1000)
}

/// Seeds that a cell of an animation walks through.
pub fn keyframes(text: &str) -> Result<usize, String> {
    within(text, 1..=10_000)
}

/// Frames a second.
pub fn fps(text: &str) -> Result<f64, String> {
    between(text, 0.1, 120.0)
}

/// Seconds of an animation.
pub fn seconds(text: &str) -> Result<f64, String> {
    between(text, 0.1, 3600.0)
}

fn between(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| format!("write a number from {low} to {high}"))
}

fn within(text: &str, range: RangeInclusive<usize>) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("write a whole number from {} to {}", range.start(), range.end()))
}
