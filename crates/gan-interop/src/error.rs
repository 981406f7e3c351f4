//! What can be wrong with a file of another program.

use std::collections::BTreeMap;

use gan_model::ConfigError;
use gan_weights::WeightsError;

/// A file that is no generator that can be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is no file of weights, or a damaged one.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// It is a snapshot, which needs no import.
    #[error("it is a snapshot already: sample, evaluate or export it as it is")]
    IsSnapshot,
    /// It does not say which network it holds.
    #[error("it does not say which network it holds: dcgan or mlp?")]
    UnknownNetwork,
    /// Its tensors would be much larger than the file.
    #[error(
        "its tensors would take {claimed} bytes, but the file has {found}: no file of weights is \
         packed so tightly, so it is not read"
    )]
    Bomb {
        /// Bytes of all tensors together.
        claimed: u64,
        /// Bytes of the file.
        found: u64,
    },
    /// Several networks in it have a tensor of this name.
    #[error(
        "it holds several networks with a tensor `{name}`, behind {}: save one of them alone",
        quoted(prefixes)
    )]
    Ambiguous {
        /// The tensor.
        name: String,
        /// What stands before the name.
        prefixes: Vec<String>,
    },
    /// The tensors are those of another architecture.
    #[error("{0}")]
    Architecture(String),
    /// Tensors are missing, superfluous or of another shape.
    #[error("its tensors are not those of the network:{}", listed(problems, found))]
    Tensors {
        /// One for each tensor.
        problems: Vec<String>,
        /// What the file holds.
        found: BTreeMap<String, Vec<usize>>,
    },
    /// No network has such sizes.
    #[error("the sizes of its layers are impossible: {0}")]
    Config(#[from] ConfigError),
}

impl ImportError {
    pub(crate) fn tensors(problems: Vec<String>, found: &BTreeMap<String, Vec<usize>>) -> Self {
        Self::Tensors { problems, found: found.clone() }
    }
}

/// As many as fit a screen.
const MAX_LINES: usize = 20;

fn listed(problems: &[String], found: &BTreeMap<String, Vec<usize>>) -> String {
    let lines = |lines: Vec<String>| {
        let rest = lines.len().saturating_sub(MAX_LINES);
        let mut text: String =
            lines.iter().take(MAX_LINES).map(|line| format!("\n  {line}")).collect();
        if rest > 0 {
            text += &format!("\n  and {rest} more");
        }
        text
    };
    let held = found.iter().map(|(name, shape)| format!("`{name}` {shape:?}")).collect();
    format!("{}\nThe file holds:{}", lines(problems.to_vec()), lines(held))
}

fn quoted(prefixes: &[String]) -> String {
    let quoted: Vec<String> = prefixes.iter().map(|prefix| format!("`{prefix}`")).collect();
    quoted.join(" and ")
}
