//! The layers of the network: loaded from a file, and run.

use burn::tensor::activation::relu;
use burn::tensor::module::{avg_pool2d, conv2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData};

use gan_weights::{WeightFile, WeightsError};

use super::table::{Conv, Plan, inception_v3};

/// Added to the variances in batch normalisation.
const EPSILON: f64 = 0.001;

/// A [`Plan`] with its weights.
pub(super) enum Layer {
    Conv(Box<FoldedConv>),
    AveragePool,
    MaxPool,
    MaxPoolHalf,
    Branches(Vec<Vec<Layer>>),
}

/// A convolution with its batch normalisation, before the ReLU.
pub(super) struct FoldedConv {
    weight: Tensor<4>,
    bias: Tensor<1>,
    options: ConvOptions<2>,
}

/// What `layers` make of `maps`, one after the other.
pub(super) fn forward(layers: &[Layer], maps: Tensor<4>) -> Tensor<4> {
    layers.iter().fold(maps, |maps, layer| match layer {
        Layer::Conv(conv) => {
            let bias = Some(conv.bias.clone());
            relu(conv2d(maps, conv.weight.clone(), bias, conv.options.clone()))
        }
        Layer::AveragePool => avg_pool2d(
            maps,
            AvgPoolOptions {
                stride: [1, 1],
                padding: [(1, 1), (1, 1)],
                count_include_pad: false,
                ..AvgPoolOptions::new([3, 3])
            },
        ),
        Layer::MaxPool => max_pool2d(
            maps,
            MaxPoolOptions {
                stride: [1, 1],
                padding: [(1, 1), (1, 1)],
                ..MaxPoolOptions::new([3, 3])
            },
        ),
        Layer::MaxPoolHalf => {
            max_pool2d(maps, MaxPoolOptions { stride: [2, 2], ..MaxPoolOptions::new([3, 3]) })
        }
        Layer::Branches(branches) => {
            Tensor::cat(branches.iter().map(|branch| forward(branch, maps.clone())).collect(), 1)
        }
    })
}

/// The network with the weights in `file`.
pub(super) fn load(file: &WeightFile<'_>, device: &Device) -> Result<Vec<Layer>, WeightsError> {
    load_all(&inception_v3(), file, device)
}

fn load_all(
    plans: &[Plan],
    file: &WeightFile<'_>,
    device: &Device,
) -> Result<Vec<Layer>, WeightsError> {
    let load = |plan: &Plan| match plan {
        Plan::Conv(conv) => load_conv(conv, file, device),
        Plan::AveragePool => Ok(Layer::AveragePool),
        Plan::MaxPool => Ok(Layer::MaxPool),
        Plan::MaxPoolHalf => Ok(Layer::MaxPoolHalf),
        Plan::Branches(branches) => {
            let branches = branches.iter().map(|branch| load_all(branch, file, device));
            Ok(Layer::Branches(branches.collect::<Result<_, _>>()?))
        }
    };
    plans.iter().map(load).collect()
}

/// A convolution and its batch normalisation as one: γ (W ∗ x − μ) / √(σ² + ε) + β is a convolution
/// with W γ / √(σ² + ε) and the bias β − μ γ / √(σ² + ε).
fn load_conv(conv: &Conv, file: &WeightFile<'_>, device: &Device) -> Result<Layer, WeightsError> {
    let out = conv.channels[1];
    let part = |part: &str| file.values(&format!("{}.bn.{part}", conv.name), &[out]);
    let mut weight = file.values(&format!("{}.conv.weight", conv.name), &conv.shape())?;
    let (gamma, beta) = (part("weight")?, part("bias")?);
    let (mean, variance) = (part("running_mean")?, part("running_var")?);
    if variance.iter().any(|&variance| variance < 0.0) {
        let name = format!("{}.bn.running_var", conv.name);
        return Err(WeightsError::Unfit { name, problem: "holds a negative variance" });
    }
    let scales: Vec<f64> = gamma
        .iter()
        .zip(&variance)
        .map(|(&gamma, &variance)| f64::from(gamma) / (f64::from(variance) + EPSILON).sqrt())
        .collect();
    let inputs = weight.len() / out;
    for (weights, scale) in weight.chunks_mut(inputs).zip(&scales) {
        for weight in weights {
            *weight = (f64::from(*weight) * scale) as f32;
        }
    }
    let bias = beta.iter().zip(&mean).zip(&scales);
    let bias: Vec<f32> = bias
        .map(|((&beta, &mean), scale)| (f64::from(beta) - f64::from(mean) * scale) as f32)
        .collect();
    let folded = FoldedConv {
        weight: Tensor::from_data(TensorData::new(weight, conv.shape()), device),
        bias: Tensor::from_data(TensorData::new(bias, [out]), device),
        options: ConvOptions::new([conv.stride; 2], conv.padding, [1, 1], 1),
    };
    Ok(Layer::Conv(Box::new(folded)))
}
