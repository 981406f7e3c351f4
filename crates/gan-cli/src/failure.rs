//! What a person is told when something fails: what, where, and what to do.

use gan_data::DataError;
use gan_evaluation::EvaluationError;
use gan_metrics::{ExtractorError, MetricError};
use gan_model::{ConfigError, SnapshotError};
use gan_run::RunError;

use crate::terminal::{self, StdoutError};

/// Exit code of a run whose loss was not finite.
pub const NOT_FINITE: u8 = 3;
/// Exit code of a doctor that found trouble.
pub const TROUBLE: u8 = 4;
/// Exit code after Ctrl-C, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// A failure to tell a person about.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    is_silent: bool,
    message: String,
    hint: Option<String>,
    /// The field of a configuration that the message begins with.
    field: Option<String>,
}

impl Failure {
    /// Something did not work: exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: 1, is_silent: false, message: message.into(), hint: None, field: None }
    }

    /// The command line asks for something impossible: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, ..Self::new(message) }
    }

    /// A loss was not finite: exit code 3.
    pub fn not_finite(message: impl Into<String>) -> Self {
        Self { code: NOT_FINITE, ..Self::new(message) }
    }

    /// The doctor found trouble: exit code 4.
    pub fn trouble(message: impl Into<String>) -> Self {
        Self { code: TROUBLE, ..Self::new(message) }
    }

    /// Stopped by the user, everything saved: exit code 130, what shells say of Ctrl-C.
    pub fn interrupted(message: impl Into<String>) -> Self {
        Self { code: INTERRUPTED, ..Self::new(message) }
    }

    /// Another process says what there is to say, and fails for all: exit code 0, without a word.
    pub fn silent() -> Self {
        Self { code: 0, is_silent: true, ..Self::new("another rank says why") }
    }

    /// The same without a word.
    pub fn silenced(self) -> Self {
        Self { is_silent: true, ..self }
    }

    /// What to do about it.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The message and the hint, for a log.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.message.as_str()).chain(self.hint.as_deref())
    }

    /// Tells stderr, and gives the exit code. `flag_of` knows the flags that set fields.
    pub fn report(&self, flag_of: impl Fn(&str) -> Option<String>) -> u8 {
        if self.is_silent {
            return self.code;
        }
        let label = match self.code {
            INTERRUPTED => "stopped",
            TROUBLE => "trouble",
            _ => "error",
        };
        let message = match self.field.as_ref().and_then(|field| Some((field, flag_of(field)?))) {
            Some((field, flag)) => format!("{flag}{}", &self.message[field.len()..]),
            None => self.message.clone(),
        };
        terminal::say(format!("{label}: {message}"));
        if let Some(hint) = &self.hint {
            terminal::say(format!("  → {hint}"));
        }
        self.code
    }
}

impl From<StdoutError> for Failure {
    fn from(error: StdoutError) -> Self {
        Self::new(error.to_string()).hint("is there room where stdout goes to?")
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let hint = match &error {
            RunError::NoRun(_) => "train one with `gan`, or name a run folder",
            RunError::InUse(_) => "a run is locked only while a program trains in it",
            RunError::Config { .. } => {
                "`gan train --dry-run` shows what a configuration looks like"
            }
            RunError::Io { .. } => {
                "check that the folder exists, is yours to write, and that its disk has room; \
                 what was saved before is unharmed"
            }
        };
        Self::new(error.to_string()).hint(hint)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<MetricError> for Failure {
    fn from(error: MetricError) -> Self {
        match error {
            MetricError::SizesDiffer { .. } => {
                Self::usage(error.to_string()).hint("--force measures nevertheless")
            }
            _ => Self::new(error.to_string()),
        }
    }
}

impl From<ExtractorError> for Failure {
    fn from(error: ExtractorError) -> Self {
        Self::new(error.to_string())
            .hint("--extractor pixels measures images of any shape, without a network")
    }
}

impl From<EvaluationError> for Failure {
    fn from(error: EvaluationError) -> Self {
        use EvaluationError as E;
        let message = error.to_string();
        match error {
            E::Data(error) => error.into(),
            E::Extractor(error) => error.into(),
            E::Metric(error) => error.into(),
            E::Run(error) => error.into(),
            E::Snapshot { path, source } => bad_snapshot(&path, &source),
            E::TooFewSamples { needed, .. } => {
                Self::usage(message).hint(format!("--samples {needed} or more; 2000 say something"))
            }
            E::TooManySamples { images, .. } => Self::usage(message)
                .hint(format!("--samples {} or fewer leave a baseline", (images / 2).max(1))),
            E::Seeds { .. } => Self::usage(message).hint("a smaller --seed, or fewer --samples"),
            E::NoExtractor(_) => Self::usage(message).hint(
                "--extractor takes mnistcnn, randomcnn, pixels, inception, or a file that \
                 `gan train-extractor` made",
            ),
            E::NoInceptionWeights => Self::usage(message).hint(
                "--inception-weights FILE: pytorch-fid's pt_inception-2015-12-05-6726825d.pth, or \
                 the same as .safetensors",
            ),
            E::Unmeasurable { .. } => Self::usage(message),
            E::Sample(_) | E::Threads(_) | E::Rank { .. } | E::Weights(_) => Self::new(message),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self { field: Some(error.field.clone()), ..Self::usage(error.to_string()) }
    }
}

/// A snapshot that cannot be used, with the name of its file.
pub fn bad_snapshot(path: &std::path::Path, error: &SnapshotError) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
        .hint("snapshots are the snapshot-*.safetensors files of a run folder")
}
