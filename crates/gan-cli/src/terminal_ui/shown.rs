//! What the screen shows, as plain values.

use std::collections::VecDeque;

use gan_data::picture::Picture;

/// Points of a curve, at most; older ones are averaged in pairs.
const MAX_POINTS: usize = 1_000;
/// Lines of events that are kept.
const MAX_EVENTS: usize = 100;

/// What the screen shows.
#[derive(Default)]
pub struct Shown {
    /// The run's name.
    pub title: String,
    /// `training`, `paused`, `finished`.
    pub state: String,
    /// Steps taken, and of the whole run.
    pub step: u64,
    /// Steps of the whole run.
    pub steps: u64,
    /// Speed and time left, in words.
    pub pace: String,
    /// Losses of discriminator and generator over the steps.
    pub losses: [Curve; 2],
    /// The latest readings: `D(x) 0.50`.
    pub readings: String,
    /// The latest evaluation.
    pub metric: Option<String>,
    /// What happened, the latest last.
    pub events: VecDeque<String>,
    /// The latest grid.
    pub picture: Option<Picture>,
    /// What keys do.
    pub keys: &'static str,
}

/// A curve of bounded length.
#[derive(Default)]
pub struct Curve {
    points: Vec<(f64, f64)>,
    /// Values that are averaged into a point.
    every: usize,
    waiting: Vec<f64>,
}

impl Shown {
    /// Adds a line to the events; one of several lines as several.
    pub fn say(&mut self, text: &str) {
        self.events.extend(text.lines().map(str::to_owned));
        self.events.drain(..self.events.len().saturating_sub(MAX_EVENTS));
    }
}

impl Curve {
    /// The curve through these points.
    pub fn of(points: impl Iterator<Item = (u64, f64)>) -> Self {
        let mut curve = Self::default();
        points.for_each(|(step, value)| curve.push(step, value));
        curve
    }

    /// The value of `step`; what is not finite has no place.
    pub fn push(&mut self, step: u64, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.every = self.every.max(1);
        self.waiting.push(value);
        if self.waiting.len() < self.every {
            return;
        }
        let mean = self.waiting.iter().sum::<f64>() / self.waiting.len() as f64;
        self.waiting.clear();
        self.points.push((step as f64, mean));
        if self.points.len() > MAX_POINTS {
            let halved = self.points.chunks_exact(2);
            self.points = halved.map(|pair| (pair[1].0, (pair[0].1 + pair[1].1) / 2.0)).collect();
            self.every *= 2;
        }
    }

    /// Forgets what comes after `step`.
    pub fn forget_after(&mut self, step: u64) {
        self.points.retain(|point| point.0 <= step as f64);
        self.waiting.clear();
    }

    /// Its points.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_stays_short_and_keeps_its_shape() {
        let curve = Curve::of((1..=100_000).map(|step| (step, step as f64)));
        assert!(curve.points().len() <= MAX_POINTS && curve.points().len() > MAX_POINTS / 4);
        assert!(curve.points().windows(2).all(|pair| pair[0] < pair[1]));
        let mut curve = Curve::of([(1, 1.0), (2, f64::NAN), (3, 3.0)].into_iter());
        assert_eq!(curve.points(), [(1.0, 1.0), (3.0, 3.0)]);
        curve.forget_after(2);
        assert_eq!(curve.points(), [(1.0, 1.0)]);
    }
}
