//! What `gan evaluate` measured of a run, as evidence beside what was seen while it trained.

use gan_evaluation::{proven_troubles, verdict};
use gan_metrics::Measurement;
use gan_run::{Lines, MetricLine, RunDir, names};
use gan_training::guard::Trouble;

use crate::failure::Failure;
use crate::terminal;

/// The latest measurement of the snapshot that stands for the run.
pub struct Measured {
    /// Step of the snapshot.
    pub step: u64,
    numbers: Vec<Measurement>,
}

impl Measured {
    /// That of `run`'s newest or best snapshot; none, if what was measured is another one: it says nothing
    /// of what the run has become.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn of(run: &RunDir) -> Result<Option<Self>, Failure> {
        let Lines { values, unreadable } = run.metrics()?;
        if unreadable > 0 {
            let path = run.file(names::METRICS);
            terminal::say(format!("{}: {unreadable} lines cannot be read", path.display()));
        }
        let newest = run.newest_snapshot();
        let newest = newest.as_ref().and_then(|path| path.file_name());
        let stands = |line: &&MetricLine| {
            line.snapshot == names::BEST || newest.is_some_and(|name| *name == *line.snapshot)
        };
        let Some(last) = values.iter().rev().find(stands) else { return Ok(None) };
        // An evaluation is many lines; the latest of each metric stands.
        let mut numbers: Vec<Measurement> = Vec::new();
        for line in values.iter().filter(|line| line.snapshot_sha256 == last.snapshot_sha256) {
            numbers.retain(|number| number.metric != line.measurement.metric);
            numbers.push(line.measurement.clone());
        }
        Ok(Some(Self { step: last.step, numbers }))
    }

    /// The troubles that it proves, each with the numbers.
    pub fn troubles(&self) -> Vec<(Trouble, String)> {
        let samples = self.numbers[0].samples;
        let with_samples = |(trouble, evidence): (Trouble, String)| {
            (trouble, format!("{evidence}, of {samples} samples of step {}", self.step))
        };
        proven_troubles(&self.numbers).into_iter().map(with_samples).collect()
    }

    /// What it says, in a sentence.
    pub fn verdict(&self) -> Option<String> {
        verdict(&self.numbers)
    }

    /// The command line that measures the run at `path` in the same way: the arguments behind `gan`. None,
    /// where the extractor was a file.
    pub fn again(&self, path: &str) -> Option<Vec<String>> {
        let fd = self.numbers.iter().find(|number| number.metric == "fd");
        let Measurement { extractor, samples, .. } = fd.unwrap_or(&self.numbers[0]);
        let is_built_in = ["mnistcnn", "randomcnn", "pixels"].contains(&extractor.name.as_str());
        let samples = samples.to_string();
        let line = ["evaluate", path, "--extractor", &extractor.name, "--samples", &samples];
        is_built_in.then(|| line.map(str::to_owned).to_vec())
    }
}
