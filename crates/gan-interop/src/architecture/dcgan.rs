//! DCGAN.

use gan_model::{DcganDiscriminatorConfig, DcganGeneratorConfig};

use super::{
    DiscriminatorLayers, GeneratorLayers, bias, joined_width, latent_embedding, linear, output,
};
use crate::layers::{Layer, Weight};

/// Burn's and PyTorch's default, which the generator leaves as it is.
const EPSILON: f64 = 1e-5;
const LEAKY: Layer = Layer::LeakyRelu(0.2);

pub(super) fn generator(config: &DcganGeneratorConfig) -> GeneratorLayers {
    let [channels, side, _] = config.image_shape;
    let (base, widths) = pyramid(side, config.width);
    let inputs = joined_width(config.latents.dim, config.classes);
    let (mut layers, inputs) = dense(inputs, &config.dense, &Layer::Relu);
    let weight = Weight::linear_to_maps("project", inputs, [widths[0], base]);
    layers.push(Layer::Linear { weight, bias: None });
    layers.push(Layer::Unflatten([widths[0], base, base]));
    for (i, &width) in widths.iter().enumerate() {
        layers.push(batch_norm(&format!("norms.{i}"), width));
        layers.push(Layer::Relu);
        let next = widths.get(i + 1).copied();
        let outputs = next.unwrap_or(channels);
        let name = format!("upsample.{i}");
        layers.push(Layer::TransposedConvolution {
            weight: Weight::same(format!("{name}.weight"), &[width, outputs, 4, 4]),
            // Batch norm follows the others, and takes a bias away again.
            bias: next.is_none().then(|| bias(&name, outputs)),
            stride: 2,
            padding: 1,
        });
    }
    layers.extend(output(config.output));
    GeneratorLayers { embedding: latent_embedding(config.classes, config.latents.dim), layers }
}

pub(super) fn discriminator(config: &DcganDiscriminatorConfig) -> DiscriminatorLayers {
    let [mut inputs, side, _] = config.image_shape;
    let (base, widths) = pyramid(side, config.width);
    let mut layers = vec![Layer::Centre];
    for (i, &outputs) in widths.iter().rev().enumerate() {
        let name = format!("downsample.{i}");
        layers.push(Layer::Convolution {
            weight: Weight::same(format!("{name}.weight"), &[outputs, inputs, 4, 4]),
            bias: Some(bias(&name, outputs)),
            stride: 2,
            padding: 1,
            groups: 1,
        });
        layers.push(LEAKY);
        inputs = outputs;
    }
    layers.push(Layer::Flatten);
    let maps = [widths[0], base];
    let (connected, features) = dense(widths[0] * base * base, &config.dense, &LEAKY);
    layers.extend(connected);
    // The first layer after the maps is the one whose weights stand in another order.
    let first = layers.iter_mut().find_map(|layer| match layer {
        Layer::Linear { weight, .. } => Some(weight),
        _ => None,
    });
    let mut output = linear("output", features, 1);
    match (first, &mut output) {
        (Some(weight), _) => {
            *weight = Weight::linear_from_maps("dense.0.weight", maps, config.dense[0]);
        }
        (None, Layer::Linear { weight, .. }) => {
            *weight = Weight::linear_from_maps("output.weight", maps, 1);
        }
        _ => {}
    }
    let embedding = config.classes.map(|classes| match config.dense.is_empty() {
        true => Weight::embedding_of_maps("embedding.weight", classes, maps),
        false => Weight::same("embedding.weight", &[classes, features]),
    });
    let minibatch_std = config.minibatch_std.then(|| Weight::same("minibatch.weight", &[1, 1]));
    DiscriminatorLayers { layers, output, minibatch_std, embedding }
}

fn batch_norm(name: &str, width: usize) -> Layer {
    let tensor = |part: &str| Weight::same(format!("{name}.{part}"), &[width]);
    Layer::BatchNorm {
        scale: tensor("gamma"),
        shift: tensor("beta"),
        mean: tensor("running_mean"),
        variance: tensor("running_var"),
        epsilon: EPSILON,
    }
}

fn dense(mut inputs: usize, widths: &[usize], activation: &Layer) -> (Vec<Layer>, usize) {
    let mut layers = Vec::new();
    for (i, &width) in widths.iter().enumerate() {
        layers.push(linear(&format!("dense.{i}"), inputs, width));
        layers.push(activation.clone());
        inputs = width;
    }
    (layers, inputs)
}

/// Side of the smallest feature maps, and channels from there to half the image's size.
fn pyramid(side: usize, width: usize) -> (usize, Vec<usize>) {
    let mut base = side;
    let mut widths = Vec::new();
    while base != 4 && base != 7 {
        widths.insert(0, width << widths.len());
        base /= 2;
    }
    (base, widths)
}
