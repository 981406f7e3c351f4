//! Events: what happens in a run.

use serde::{Deserialize, Serialize};

use super::values::StepValues;
use super::vitals::{ClassCounts, SampleStats, Vitals};

/// Something that happened in a run, or that is due.
///
/// Plain data: the terminal, files, pages and the browser share it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// The run begins, or goes on after `step`.
    Begun {
        /// Steps taken before.
        step: u64,
        /// Steps of the whole run.
        steps: u64,
        /// Real images in a step, to the discriminator alone.
        images_per_step: u64,
    },
    /// A step was taken. Its values are still on the device: [`Request::ReadSteps`](crate::Request::ReadSteps) asks
    /// for them.
    Stepped {
        /// Steps taken.
        step: u64,
    },
    /// Values of the steps since the last such event, read off the device together.
    Steps {
        /// One entry for each step, in order.
        values: Vec<StepValues>,
    },
    /// A report is due: means since the last one.
    Report(Report),
    /// Means of all values since the last report, from the guard.
    Vitals(Vitals),
    /// What the images of the fixed latents are like, from the guard.
    SampleStats(SampleStats),
    /// The classes of samples, from the guard where it can classify them.
    ClassCounts(ClassCounts),
    /// A picture of the fixed latents is due, see [`RunView::samples`](crate::RunView::samples).
    SamplesDue {
        /// Steps taken.
        step: u64,
    },
    /// A snapshot is due, see [`RunView::snapshot`](crate::RunView::snapshot).
    SnapshotDue {
        /// Steps taken.
        step: u64,
    },
    /// An evaluation of the generator is due.
    EvaluationDue {
        /// Steps taken.
        step: u64,
    },
    /// An observer has evaluated the generator.
    Evaluated(Evaluated),
    /// A checkpoint, to be kept in place of the last one.
    Checkpoint {
        /// Steps taken.
        step: u64,
        /// The file, which [`Trainer::from_checkpoint`](crate::Trainer::from_checkpoint) reads; not part
        /// of the event's JSON.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// An observer has found something wrong with the run.
    Alarm(Alarm),
    /// A sentence for people.
    Note {
        /// Steps taken.
        step: u64,
        /// The sentence.
        text: String,
    },
    /// A loss or a weight is NaN or infinite. The run ends here unless an observer asks for a rollback.
    NonFinite(NonFinite),
    /// The run has gone back to an earlier checkpoint; what came after it no longer counts.
    RolledBack {
        /// Steps taken before.
        from_step: u64,
        /// Steps taken now.
        step: u64,
    },
    /// An observer has failed.
    ObserverFailed {
        /// Steps taken.
        step: u64,
        /// The observer's name.
        observer: String,
        /// What went wrong.
        error: String,
        /// Whether the run ends with it; otherwise it goes on without that observer.
        ends_run: bool,
    },
    /// The last event of a run.
    Ended {
        /// Steps taken.
        step: u64,
        /// How.
        ending: Ending,
    },
}

/// How the two networks fare: means of the losses since the last report, all else of the latest step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Steps taken.
    pub step: u64,
    /// Real images shown so far, repetitions counted.
    pub images_seen: u64,
    /// The discriminator's loss, mean over the steps since the last report.
    pub d_loss: f64,
    /// The generator's loss, mean over the steps since the last report.
    pub g_loss: f64,
    /// The latest step.
    pub latest: StepValues,
}

/// The result of an evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluated {
    /// Steps taken.
    pub step: u64,
    /// Name of the metric with extractor and number of samples, such as `fd_mnistcnn_10k`.
    pub metric: String,
    /// Its value; `None` where it has none, which `remark` explains.
    pub value: Option<f64>,
    /// Where resampling puts it: the ends of the interval.
    pub interval: Option<[f64; 2]>,
    /// The same of as many other real images.
    pub baseline: Option<f64>,
    /// Whether no evaluation of the run was better.
    pub is_best: bool,
    /// How long it took.
    pub seconds: f64,
    /// What else there is to say of it.
    pub remark: Option<String>,
}

/// Something that is wrong with a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Steps taken.
    pub step: u64,
    /// Name of the trouble, such as `mode-collapse`.
    pub trouble: String,
    /// How certain and how urgent it is.
    pub severity: Severity,
    /// What was seen, with its numbers.
    pub message: String,
    /// What to do about it.
    pub advice: Option<String>,
}

/// How urgent an [`Alarm`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Hint,
    /// The run is likely to fail.
    Warning,
    /// The run has failed.
    Failure,
}

/// A loss or a weight that is NaN or infinite, and the first step that had it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{name} is {value} at step {step}")]
pub struct NonFinite {
    /// The first such step, counted from 1.
    pub step: u64,
    /// `loss/d` or `loss/g`; where the losses are finite and a weight is not, the weight's name, such as
    /// `generator.layers.0.weight`.
    pub name: String,
    /// The value.
    #[serde(with = "as_text")]
    pub value: f64,
}

/// JSON has neither NaN nor infinity.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// All steps are taken.
    Finished,
    /// It was asked to stop; the checkpoint is that of the last step.
    Stopped,
    /// A loss or a weight was NaN or infinite; the last checkpoint is good.
    NonFinite,
    /// Something failed without which the run cannot go on.
    Failed,
}
