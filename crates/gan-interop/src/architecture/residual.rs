//! Residual networks.

use gan_model::{ResidualDiscriminatorConfig, ResidualGeneratorConfig, ResidualStages};

use super::{
    DiscriminatorLayers, GeneratorLayers, bias, joined_width, latent_embedding, linear, output,
};
use crate::layers::{Layer, Weight};

const LEAKY: Layer = Layer::LeakyRelu(0.2);

pub(super) fn generator(config: &ResidualGeneratorConfig) -> GeneratorLayers {
    let ResidualStages { widths, patch, .. } = &config.stages;
    let [height, width] = base(&config.stages, config.image_shape);
    let inputs = joined_width(config.latents.dim, config.classes);
    let mut before = widths[0];
    let mut layers = vec![
        Layer::Linear { weight: Weight::linear("modulate", inputs, before), bias: None },
        Layer::Basis(Weight::same("basis", &[before, height, width])),
    ];
    for (i, &width) in widths.iter().enumerate() {
        layers.extend(widen(i, before, width));
        if i > 0 {
            layers.push(Layer::BilinearUp);
        }
        layers.extend(blocks(i, width, &config.stages));
        before = width;
    }
    let channels = config.image_shape[0];
    layers.push(Layer::TransposedConvolution {
        weight: Weight::same("image.weight", &[before, channels, *patch, *patch]),
        bias: Some(bias("image", channels)),
        stride: *patch,
        padding: 0,
    });
    layers.extend(output(config.output));
    GeneratorLayers { embedding: latent_embedding(config.classes, config.latents.dim), layers }
}

pub(super) fn discriminator(config: &ResidualDiscriminatorConfig) -> DiscriminatorLayers {
    let ResidualStages { widths, patch, .. } = &config.stages;
    let [height, width] = base(&config.stages, config.image_shape);
    let mut before = widths[widths.len() - 1];
    let shape = [before, config.image_shape[0], *patch, *patch];
    let patches = Layer::Convolution {
        weight: Weight::same("patches.weight", &shape),
        bias: Some(bias("patches", before)),
        stride: *patch,
        padding: 0,
        groups: 1,
    };
    let mut layers = vec![Layer::Centre, patches];
    for (i, &width) in widths.iter().rev().enumerate() {
        if i > 0 {
            layers.push(Layer::MeanDown);
        }
        layers.extend(widen(i, before, width));
        layers.extend(blocks(i, width, &config.stages));
        before = width;
    }
    layers.push(Layer::WeightedSum(Weight::same("basis", &[before, height, width])));
    let embedding =
        config.classes.map(|classes| Weight::same("embedding.weight", &[classes, before]));
    DiscriminatorLayers {
        layers,
        output: linear("output", before, 1),
        minibatch_std: None,
        embedding,
    }
}

/// To another number of channels, without a bias; nothing where it stays the same.
fn widen(stage: usize, before: usize, width: usize) -> Option<Layer> {
    let weight = Weight::pointwise(format!("stages.{stage}.widen.weight"), before, width);
    (before != width).then_some(pointwise(weight, None))
}

fn blocks(stage: usize, width: usize, stages: &ResidualStages) -> Vec<Layer> {
    let inner = width * stages.expansion;
    let block = |i: usize| {
        let name = format!("stages.{stage}.blocks.{i}");
        let part = |part: &str| format!("{name}.{part}.weight");
        let grouped = Layer::Convolution {
            weight: Weight::same(part("grouped"), &[inner, stages.group_width, 3, 3]),
            bias: Some(bias(&format!("{name}.grouped"), inner)),
            stride: 1,
            padding: 1,
            groups: inner / stages.group_width,
        };
        let expand = Weight::pointwise(part("expand"), width, inner);
        Layer::Residual(vec![
            pointwise(expand, Some(bias(&format!("{name}.expand"), inner))),
            LEAKY,
            grouped,
            LEAKY,
            pointwise(Weight::pointwise(part("project"), inner, width), None),
        ])
    };
    (0..stages.blocks).map(block).collect()
}

fn pointwise(weight: Weight, bias: Option<Weight>) -> Layer {
    Layer::Convolution { weight, bias, stride: 1, padding: 0, groups: 1 }
}

/// Height and width of the smallest feature maps.
fn base(stages: &ResidualStages, [_, height, width]: [usize; 3]) -> [usize; 2] {
    let shrink = stages.patch << (stages.widths.len() - 1);
    [height / shrink, width / shrink]
}
