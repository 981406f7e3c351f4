//! How far a run was at each of its steps, where time decided: recorded, so that it can be repeated.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Parts of a budget of time; within one, schedules stand still.
const PARTS: u64 = 200;

/// The progress of each step that was taken so far, from 0 to 1.
///
/// As text, `13@1/200` are 13 steps at the progress 1/200, and `13@1+2/200` are 13 steps at 1/200, 3/200,
/// 5/200, …; `13@1/200 12@2/200` is one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trajectory {
    stretches: Vec<Stretch>,
}

/// Steps along a line: the progress of step `i` is `(from + i · by) / of`, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    steps: u64,
    from: u64,
    by: u64,
    of: u64,
}

impl Trajectory {
    /// Steps that are recorded.
    pub fn steps(&self) -> u64 {
        self.stretches.iter().map(|stretch| stretch.steps).fold(0, u64::saturating_add)
    }

    /// The progress of step number `step`, from 0 on, in a run of `steps` steps: what is recorded, and from
    /// there in a line to the end.
    pub fn progress(&self, step: u64, steps: u64) -> f64 {
        let mut first = 0;
        for stretch in &self.stretches {
            if step - first < stretch.steps {
                return stretch.at(step - first);
            }
            first += stretch.steps;
        }
        self.rest(steps).at(step - first)
    }

    /// Forgets what is recorded of step number `step`, from 0 on, and of later ones.
    pub(crate) fn truncate(&mut self, step: u64) {
        let mut left = step;
        self.stretches.retain_mut(|stretch| {
            stretch.steps = stretch.steps.min(left);
            left -= stretch.steps;
            stretch.steps > 0
        });
    }

    /// Records `count` steps as they were planned for a run of `steps` steps.
    pub(crate) fn plan(&mut self, count: u64, steps: u64) {
        if count > 0 {
            self.stretches.push(Stretch { steps: count, ..self.rest(steps) });
        }
    }

    /// Records a step that was taken when the fraction `progress` of the run was over; no step is at less
    /// than the one before it.
    pub(crate) fn record(&mut self, progress: f64) {
        let part = Self::part(progress);
        match self.stretches.last_mut() {
            Some(Stretch { steps, from, by: 0, of: PARTS }) if *from >= part => *steps += 1,
            _ => self.stretches.push(Stretch { steps: 1, from: part, by: 0, of: PARTS }),
        }
    }

    /// In which part of the way `progress` lies.
    pub(crate) fn part(progress: f64) -> u64 {
        // A part's own beginning, which is rounded, lies in it.
        (progress.clamp(0.0, 1.0) * PARTS as f64 + 1e-9) as u64
    }

    /// Where a part of the way begins.
    pub(crate) fn progress_of(part: u64) -> f64 {
        part as f64 / PARTS as f64
    }

    /// What follows the recorded steps in a run of `steps` steps.
    fn rest(&self, steps: u64) -> Stretch {
        let left = steps.saturating_sub(self.steps()).max(1);
        match self.stretches.last() {
            None => Stretch { steps: left, from: 0, by: 1, of: left },
            // From its end on: (end / of) + (1 − end / of) · i / left.
            Some(last) => {
                let end = last.end();
                let by = last.of - end;
                Stretch {
                    steps: left,
                    from: end.saturating_mul(left),
                    by,
                    of: last.of.saturating_mul(left),
                }
            }
        }
    }

    /// Refuses what would leave the range of progress, and what would overflow.
    fn check(&self) -> Result<(), String> {
        const LIMIT: u64 = 1 << 53;
        let mut total = 0u64;
        let mut last = [0u128, 1];
        for stretch in &self.stretches {
            let Stretch { steps, from, by, of } = *stretch;
            let end = steps.checked_mul(by).and_then(|way| way.checked_add(from));
            total = total.saturating_add(steps);
            let is_possible = steps > 0 && end.is_some_and(|end| end <= of) && of > 0;
            if !is_possible || of > LIMIT || total > LIMIT {
                return Err(format!("`{stretch}` leaves the way from 0 to 1"));
            }
            let [from, by, of] = [from, by, of].map(u128::from);
            let [part, whole] = last;
            if from * whole < part * of {
                return Err(format!("`{stretch}` begins before the step that precedes it"));
            }
            last = [from + by * u128::from(steps - 1), of];
        }
        Ok(())
    }
}

impl Stretch {
    fn at(self, step: u64) -> f64 {
        let place = step.saturating_mul(self.by).saturating_add(self.from);
        (place as f64 / self.of as f64).min(1.0)
    }

    /// Where the step behind the last would be.
    fn end(self) -> u64 {
        self.steps.saturating_mul(self.by).saturating_add(self.from).min(self.of)
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { steps, from, by, of } = self;
        match by {
            0 => write!(f, "{steps}@{from}/{of}"),
            by => write!(f, "{steps}@{from}+{by}/{of}"),
        }
    }
}

impl FromStr for Stretch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || -> Option<Self> {
            let (steps, place) = text.split_once('@')?;
            let (place, of) = place.split_once('/')?;
            let (from, by) = place.split_once('+').unwrap_or((place, "0"));
            let [steps, from, by, of] = [steps, from, by, of].map(|number| number.parse().ok());
            Some(Self { steps: steps?, from: from?, by: by?, of: of? })
        };
        parse().ok_or_else(|| {
            format!("`{text}` is no stretch of steps, such as 13@1/200 or 13@1+2/200")
        })
    }
}

impl fmt::Display for Trajectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stretches: Vec<String> = self.stretches.iter().map(Stretch::to_string).collect();
        f.write_str(&stretches.join(" "))
    }
}

impl FromStr for Trajectory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let stretches = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let trajectory = Self { stretches };
        trajectory.check()?;
        Ok(trajectory)
    }
}

impl Serialize for Trajectory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Trajectory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
