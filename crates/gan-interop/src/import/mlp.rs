//! Linear layers in the order of their names, as an `nn.Sequential` has them.

use std::collections::BTreeMap;

use gan_model::{GeneratorConfig, LatentDistribution, LatentSpace, MlpGeneratorConfig};

use super::{ForeignOutput, ImportOptions, Imported, dcgan, source};
use crate::ImportError;
use crate::architecture::GeneratorLayers;
use crate::layers::Layer;
use source::Source;

pub(super) fn import(source: &Source, options: &ImportOptions) -> Result<Imported, ImportError> {
    let mut names: Vec<&str> = source
        .shapes()
        .iter()
        .filter(|(_, shape)| shape.len() == 2)
        .filter_map(|(name, _)| name.strip_suffix("weight"))
        .collect();
    names.sort_by_key(|name| natural(name));
    let weights: Vec<[usize; 2]> = names
        .iter()
        .map(|name| &source.shapes()[&format!("{name}weight")])
        .map(|shape| [shape[0], shape[1]])
        .collect();
    let (config, mut notes) = configuration(&weights, options)?;
    let layers = GeneratorLayers::of(&config);
    let linear = layers.layers.iter().filter(|layer| matches!(layer, Layer::Linear { .. }));
    let tensors = linear.zip(&names).flat_map(|(layer, name)| {
        let parts = layer.tensors().into_iter();
        parts.map(move |(part, weight)| (format!("{name}{part}"), weight))
    });
    let named: Vec<_> = tensors.collect();
    let has = |name: &str| !name.ends_with("bias") || source.shapes().contains_key(name);
    let expected: Vec<_> = named
        .iter()
        .filter(|(name, _)| has(name))
        .map(|(name, weight)| (name.clone(), weight.shape.clone()))
        .collect();
    source.check(&expected, source::is_count)?;

    let is_tanh = options.output.unwrap_or_default() == ForeignOutput::Tanh;
    let mut tensors = BTreeMap::new();
    for (name, weight) in named {
        let mut values = match has(&name) {
            true => source.values(&name)?,
            false => vec![0.0; weight.shape[0]],
        };
        if is_tanh && weight.name.starts_with("output.") {
            values.iter_mut().for_each(|value| *value *= 2.0);
        }
        tensors.insert(weight.name.clone(), weight.inward(&values));
    }
    if is_tanh {
        notes.push("tanh became a sigmoid of twice its argument: images lie in [0, 1]".to_owned());
    }
    Ok(Imported { generator: config, notes, tensors })
}

fn configuration(
    weights: &[[usize; 2]],
    options: &ImportOptions,
) -> Result<(GeneratorConfig, Vec<String>), ImportError> {
    let [.., [pixels, _]] = weights else {
        return Err(ImportError::Architecture("it has no linear layer".to_owned()));
    };
    for pair in weights.windows(2) {
        let [[outputs, _], [_, inputs]] = [pair[0], pair[1]];
        if outputs != inputs {
            return Err(ImportError::Architecture(format!(
                "a linear layer makes {outputs} values, and the next one in the order of the names \
                 takes {inputs}"
            )));
        }
    }
    let mut notes = Vec::new();
    let distribution = options.latents.unwrap_or_else(|| {
        notes.push("latents are assumed to be normal".to_owned());
        LatentDistribution::Normal
    });
    let activation = options.activation.unwrap_or_else(|| {
        notes.push("hidden layers are assumed to end in ReLU".to_owned());
        gan_model::Activation::Relu
    });
    let image_shape = match options.image_shape {
        Some(shape) if shape.iter().product::<usize>() == *pixels => shape,
        Some(shape) => {
            let [c, h, w] = shape;
            return Err(ImportError::Architecture(format!(
                "the last layer makes {pixels} values, an image of {c}x{h}x{w} has {}",
                c * h * w
            )));
        }
        None => {
            let shape @ [c, h, w] = square(*pixels).ok_or_else(|| {
                let rule = "which are no square image of 1 or 3 channels: give the image's shape";
                ImportError::Architecture(format!("the last layer makes {pixels} values, {rule}"))
            })?;
            notes.push(format!("{pixels} values are assumed to be an image of {c}x{h}x{w}"));
            shape
        }
    };
    let config = GeneratorConfig::Mlp(MlpGeneratorConfig {
        latents: LatentSpace { dim: weights[0][1], distribution },
        hidden: weights[..weights.len() - 1].iter().map(|&[outputs, _]| outputs).collect(),
        image_shape,
        classes: None,
        activation,
        output: dcgan::output(options.output.unwrap_or_default()),
    });
    config.check()?;
    Ok((config, notes))
}

/// The square image of 1 or 3 channels that has so many values.
fn square(values: usize) -> Option<[usize; 3]> {
    [1, 3].into_iter().find_map(|channels| {
        let side = (values / channels).isqrt();
        (channels * side * side == values).then_some([channels, side, side])
    })
}

/// By which names are in the order of their numbers: `layers.10` after `layers.2`.
fn natural(name: &str) -> Vec<(u64, &str)> {
    name.split('.').map(|part| (part.parse().unwrap_or(0), part)).collect()
}
