//! The generator of `pytorch/examples/dcgan`, and its kind.
//!
//! ```text
//! main.0   ConvTranspose2d(nz, 8 · ngf, 4, 1, 0)     of a 1 × 1 image: a linear layer
//! main.1   BatchNorm2d, then ReLU
//! main.3   ConvTranspose2d(8 · ngf, 4 · ngf, 4, 2, 1)
//! …
//! main.12  ConvTranspose2d(ngf, nc, 4, 2, 1), then tanh
//! ```

use std::collections::BTreeMap;

use gan_model::{DcganGeneratorConfig, GeneratorConfig, LatentDistribution, LatentSpace, Output};

use super::{ForeignOutput, ImportOptions, Imported, source};
use crate::ImportError;
use crate::architecture::GeneratorLayers;
use crate::layers::{Layer, Weight};
use source::Source;

pub(super) fn import(source: &Source, options: &ImportOptions) -> Result<Imported, ImportError> {
    let prefix = source.prefix_of("main.0.weight")?;
    let weight_of = |i: usize| format!("{prefix}main.{}.weight", 3 * i);
    let convolutions: Vec<&Vec<usize>> =
        (0..).map_while(|i| source.shapes().get(&weight_of(i))).collect();
    let (config, mut notes) = configuration(&convolutions, options)?;
    let layers = GeneratorLayers::of(&config);
    let last = convolutions.len() - 1;
    let last_bias = format!("{prefix}main.{}.bias", 3 * last);

    // What each of our tensors is called there, in the order of the layers.
    let mut names: Vec<(String, &Weight)> = Vec::new();
    let mut i = 0;
    for layer in &layers.layers {
        match layer {
            Layer::Linear { .. } | Layer::TransposedConvolution { .. } => {
                for (part, weight) in layer.tensors() {
                    names.push((format!("{prefix}main.{}.{part}", 3 * i), weight));
                }
                i += 1;
            }
            Layer::BatchNorm { .. } => {
                for (part, weight) in layer.tensors() {
                    names.push((format!("{prefix}main.{}.{part}", 3 * i - 2), weight));
                }
            }
            _ => {}
        }
    }
    let has_bias = source.shapes().contains_key(&last_bias);
    let expected: Vec<_> = names
        .iter()
        .filter(|(name, _)| has_bias || *name != last_bias)
        .map(|(name, weight)| match weight.name == "project" {
            true => (name.clone(), convolutions[0].clone()),
            false => (name.clone(), weight.shape.clone()),
        })
        .collect();
    source.check(&expected, source::is_count)?;

    let scale = match options.output.unwrap_or_default() {
        ForeignOutput::Tanh => 2.0,
        ForeignOutput::Sigmoid | ForeignOutput::Linear => 1.0,
    };
    let mut tensors = BTreeMap::new();
    for (name, weight) in names {
        let mut values = match name == last_bias && !has_bias {
            true => vec![0.0; weight.shape[0]],
            false => source.values(&name)?,
        };
        if weight.name == "project" {
            values = transposed(&values, convolutions[0][0]);
        }
        if name == last_bias || name == weight_of(last) {
            values.iter_mut().for_each(|value| *value *= scale);
        }
        tensors.insert(weight.name.clone(), weight.inward(&values));
    }
    if scale != 1.0 {
        notes.push("tanh became a sigmoid of twice its argument: images lie in [0, 1]".to_owned());
    }
    Ok(Imported { generator: config, notes, tensors })
}

/// The configuration that the shapes of the transposed convolutions are of.
fn configuration(
    convolutions: &[&Vec<usize>],
    options: &ImportOptions,
) -> Result<(GeneratorConfig, Vec<String>), ImportError> {
    let refuse = |reason: String| Err(ImportError::Architecture(reason));
    let (first, rest) = match convolutions {
        [first, rest @ ..] if !rest.is_empty() => (first, rest),
        _ => return refuse("it has fewer than two transposed convolutions".to_owned()),
    };
    let [latent_dim, mut channels, base, _] = match first[..] {
        [a, b, c, d] if c == d && [4, 7].contains(&c) => [a, b, c, d],
        _ => {
            let found = format!("`main.0.weight` has shape {first:?}");
            let rule = "expected [latents, channels, 4, 4], or 7 for images of 28 pixels";
            return refuse(format!("{found}, {rule}: is this the discriminator?"));
        }
    };
    for (i, shape) in rest.iter().enumerate() {
        let is_last = i + 1 == rest.len();
        let halved = channels / 2;
        match shape[..] {
            [inputs, outputs, 4, 4] if inputs == channels && (is_last || outputs == halved) => {
                channels = outputs;
            }
            _ => {
                let name = format!("main.{}.weight", 3 * (i + 1));
                let outputs =
                    if is_last { "image channels".to_owned() } else { halved.to_string() };
                return refuse(format!(
                    "`{name}` has shape {shape:?}, expected [{channels}, {outputs}, 4, 4]: each \
                     layer halves the channels and doubles the size"
                ));
            }
        }
    }
    let width = rest[rest.len() - 1][0];
    let mut notes = Vec::new();
    let distribution = options.latents.unwrap_or_else(|| {
        notes.push("latents are assumed to be normal, as in pytorch/examples".to_owned());
        LatentDistribution::Normal
    });
    let config = GeneratorConfig::Dcgan(DcganGeneratorConfig {
        latents: LatentSpace { dim: latent_dim, distribution },
        image_shape: [channels, base << rest.len(), base << rest.len()],
        width,
        dense: Vec::new(),
        output: output(options.output.unwrap_or_default()),
        classes: None,
    });
    config.check()?;
    Ok((config, notes))
}

/// What of ours follows the last layer.
pub(super) fn output(output: ForeignOutput) -> Output {
    match output {
        ForeignOutput::Tanh | ForeignOutput::Sigmoid => Output::Sigmoid,
        ForeignOutput::Linear => Output::Linear,
    }
}

/// `[rows, columns]` to `[columns, rows]`.
fn transposed(values: &[f32], rows: usize) -> Vec<f32> {
    let columns = values.len() / rows;
    (0..values.len()).map(|i| values[(i % rows) * columns + i / rows]).collect()
}
