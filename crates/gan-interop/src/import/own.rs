//! Our own state dicts, perhaps trained further in PyTorch.

use std::collections::BTreeMap;
use std::io::Cursor;

use gan_model::GeneratorConfig;

use super::{Imported, source};
use crate::ImportError;
use crate::architecture::GeneratorLayers;
use crate::network::CONFIGURATION;
use crate::pytorch::read_extra;
use source::Source;

/// The configuration of the generator, where we wrote the file.
pub(super) fn configuration(bytes: &[u8]) -> Option<GeneratorConfig> {
    let json = read_extra(Cursor::new(bytes))?;
    let metadata: BTreeMap<String, String> = serde_json::from_str(&json).ok()?;
    serde_json::from_str(metadata.get(CONFIGURATION)?).ok()
}

pub(super) fn import(source: &Source, config: GeneratorConfig) -> Result<Imported, ImportError> {
    config.check()?;
    let layers = GeneratorLayers::of(&config);
    let named = layers.named();
    let expected: Vec<_> =
        named.iter().map(|(name, weight)| (name.clone(), weight.shape.clone())).collect();
    source.check(&expected, source::is_count)?;
    let mut tensors = BTreeMap::new();
    for (name, weight) in named {
        tensors.insert(weight.name.clone(), weight.inward(&source.values(&name)?));
    }
    Ok(Imported { generator: config, notes: Vec::new(), tensors })
}
