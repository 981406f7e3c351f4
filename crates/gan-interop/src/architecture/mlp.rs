//! Fully connected networks.

use gan_model::{Activation, MlpDiscriminatorConfig, MlpGeneratorConfig};

use super::{DiscriminatorLayers, GeneratorLayers, joined_width, latent_embedding, linear, output};
use crate::layers::{Layer, Weight};

pub(super) fn generator(config: &MlpGeneratorConfig) -> GeneratorLayers {
    let inputs = joined_width(config.latents.dim, config.classes);
    let (mut layers, features) = hidden(inputs, &config.hidden, config.activation);
    layers.push(linear("output", features, config.image_shape.iter().product()));
    layers.extend(output(config.output));
    layers.push(Layer::Unflatten(config.image_shape));
    GeneratorLayers { embedding: latent_embedding(config.classes, config.latents.dim), layers }
}

pub(super) fn discriminator(config: &MlpDiscriminatorConfig) -> DiscriminatorLayers {
    let pixels = config.image_shape.iter().product();
    let (connected, features) = hidden(pixels, &config.hidden, config.activation);
    let mut layers: Vec<Layer> = [Layer::Flatten].into_iter().chain(connected).collect();
    let mut output = linear("output", features, 1);
    let mut embedding =
        config.classes.map(|classes| Weight::same("embedding.weight", &[classes, features]));
    if config.spectral_norm {
        let of_layers = layers.iter_mut().chain([&mut output]).filter_map(|layer| match layer {
            Layer::Linear { weight, .. } => Some(weight),
            _ => None,
        });
        of_layers.chain(&mut embedding).for_each(normalise);
    }
    let minibatch_std = config.minibatch_std.then(|| Weight::same("minibatch.weight", &[1, 1]));
    DiscriminatorLayers { layers, output, minibatch_std, embedding }
}

fn hidden(mut inputs: usize, widths: &[usize], activation: Activation) -> (Vec<Layer>, usize) {
    let mut layers = Vec::new();
    for (i, &width) in widths.iter().enumerate() {
        layers.push(linear(&format!("hidden.{i}"), inputs, width));
        layers.push(match activation {
            Activation::Relu => Layer::Relu,
            Activation::LeakyRelu => Layer::LeakyRelu(0.2),
        });
        inputs = width;
    }
    (layers, inputs)
}

fn normalise(weight: &mut Weight) {
    let layer = weight.name.trim_end_matches(".weight");
    weight.spectral_norm = Some(format!("spectral.{layer}"));
}
