//! A file of weights that nobody vouches for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gan_weights::WeightFile;

use crate::ImportError;

/// How much larger than the file its tensors may be: weights hardly shrink when they are packed, and `torch.save` does
/// not pack them.
const MAX_RATIO: u64 = 16;

/// Tensors by name, as far as they have been asked for.
pub(super) struct Source<'a> {
    file: WeightFile<'a>,
    shapes: BTreeMap<String, Vec<usize>>,
}

impl<'a> Source<'a> {
    /// Reads names and shapes in `bytes`, the content of the file at `path`.
    pub(super) fn open(path: &Path, bytes: &'a [u8]) -> Result<Self, ImportError> {
        // A safetensors file begins with the length of its header, eight bytes, and the header: JSON.
        let file = match bytes.get(8) {
            Some(b'{') => WeightFile::parse(bytes)?,
            _ => WeightFile::pytorch(path)?,
        };
        if file.metadata("gan-snapshot").is_some() {
            return Err(ImportError::IsSnapshot);
        }
        let shapes = file.shapes();
        let values = shapes.values().fold(0u64, |sum, shape| {
            let sides = shape.iter().map(|&side| side as u64);
            sum.saturating_add(sides.fold(1, u64::saturating_mul))
        });
        let (claimed, found) = (values.saturating_mul(4), bytes.len() as u64);
        match claimed > found.saturating_mul(MAX_RATIO) {
            true => Err(ImportError::Bomb { claimed, found }),
            false => Ok(Self { file, shapes }),
        }
    }

    /// Names and shapes.
    pub(super) fn shapes(&self) -> &BTreeMap<String, Vec<usize>> {
        &self.shapes
    }

    /// The only thing in front of the names that end in `name`, such as `module.`.
    pub(super) fn prefix_of(&self, name: &str) -> Result<String, ImportError> {
        let prefixes = self.shapes.keys().filter_map(|key| key.strip_suffix(name));
        let prefixes: Vec<&str> =
            prefixes.filter(|prefix| prefix.is_empty() || prefix.ends_with('.')).collect();
        match prefixes[..] {
            [prefix] => Ok(prefix.to_owned()),
            [] => Err(ImportError::tensors(vec![format!("`{name}` is missing")], &self.shapes)),
            _ => Err(ImportError::Ambiguous {
                name: name.to_owned(),
                prefixes: prefixes.iter().map(|&prefix| prefix.to_owned()).collect(),
            }),
        }
    }

    /// Checks that the file holds exactly the tensors of `expected`, and perhaps some of `ignored`.
    pub(super) fn check(
        &self,
        expected: &[(String, Vec<usize>)],
        ignored: impl Fn(&str) -> bool,
    ) -> Result<(), ImportError> {
        let mut problems = Vec::new();
        for (name, shape) in expected {
            match self.shapes.get(name) {
                Some(found) if found == shape => {}
                Some(found) => {
                    problems.push(format!("`{name}` has shape {found:?}, expected {shape:?}"));
                }
                None => problems.push(format!("`{name}` is missing, expected {shape:?}")),
            }
        }
        let known: BTreeSet<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
        for (name, shape) in &self.shapes {
            if !known.contains(name.as_str()) && !ignored(name) {
                problems.push(format!("`{name}` {shape:?} belongs to no layer"));
            }
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(ImportError::tensors(problems, &self.shapes)),
        }
    }

    /// The values of a tensor that has been checked.
    pub(super) fn values(&self, name: &str) -> Result<Vec<f32>, ImportError> {
        Ok(self.file.values(name, &self.shapes[name])?)
    }
}

/// PyTorch's count of the batches that batch norm has seen, which nothing depends on.
pub(super) fn is_count(name: &str) -> bool {
    name.ends_with("num_batches_tracked")
}
