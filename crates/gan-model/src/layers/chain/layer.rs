//! What a chain is made of: each layer forwards, and its gradient backwards.

use burn::tensor::Tensor;
use gan_kernels::{Activation, linear, linear_input_gradient};

use crate::layers::{Convolution, Pointwise, Resampling, channels_first, channels_last, resample};

// A chain has a few dozen of these, for one pass.
#[allow(clippy::large_enum_variant)]
pub(super) enum Layer<'a> {
    Linear {
        weight: Tensor<2>,
        bias: Tensor<1>,
        activation: Activation,
    },
    Convolution {
        layer: &'a Convolution,
        activation: Activation,
    },
    Pointwise {
        layer: &'a Pointwise,
        activation: Activation,
    },
    Resample(Resampling),
    Residual(Vec<Layer<'a>>),
    Flatten,
    /// Maps times these, `[channels, h, w]`, and the sum over their pixels.
    WeightedSum(Tensor<3>),
}

/// What flows along a chain.
#[derive(Clone)]
pub(super) enum Value {
    /// `[batch, h, w, channels]`.
    Maps(Tensor<4>),
    /// `[batch, features]`.
    Features(Tensor<2>),
}

/// What the way back needs of a layer that was passed.
// A handful of them at a time, so their size on the stack does not matter.
#[allow(clippy::large_enum_variant)]
pub(super) enum Passed {
    /// Its output, which tells the slope of a piecewise linear activation, and its input's shape.
    Layer { output: Option<Value>, input: [usize; 4] },
    /// A residual branch.
    Branch(Vec<Passed>),
}

/// Through all `layers`, keeping what the way back needs.
pub(super) fn forward(layers: &[Layer], x: Value) -> (Value, Vec<Passed>) {
    let mut passed = Vec::with_capacity(layers.len());
    let x = layers.iter().fold(x, |x, layer| {
        let (y, step) = layer.forward(x);
        passed.push(step);
        y
    });
    (x, passed)
}

/// Back through all `layers`.
pub(super) fn input_gradient(layers: &[Layer], passed: Vec<Passed>, gradient: Value) -> Value {
    let steps = layers.iter().zip(passed).rev();
    steps.fold(gradient, |gradient, (layer, passed)| layer.input_gradient(gradient, passed))
}

impl Layer<'_> {
    pub(super) fn forward(&self, x: Value) -> (Value, Passed) {
        let input = x.shape();
        let (y, activation) = match self {
            Self::Linear { weight, bias, activation } => {
                let y = linear(x.features(), weight.clone(), bias.clone(), *activation);
                (Value::Features(y), *activation)
            }
            Self::Convolution { layer, activation } => {
                (Value::Maps(layer.forward_channels_last(x.maps(), *activation)), *activation)
            }
            Self::Pointwise { layer, activation } => {
                (Value::Maps(layer.forward_channels_last(x.maps(), *activation)), *activation)
            }
            Self::Resample(resampling) => {
                let y = channels_last(resample(channels_first(x.maps()), *resampling));
                (Value::Maps(y), Activation::Identity)
            }
            Self::Residual(branch) => {
                let x = x.maps();
                let (y, passed) = forward(branch, Value::Maps(x.clone()));
                return (Value::Maps(x + y.maps()), Passed::Branch(passed));
            }
            Self::Flatten => (Value::Features(x.maps().flatten(1, 3)), Activation::Identity),
            Self::WeightedSum(maps) => {
                let weighted =
                    (x.maps() * channels_last(maps.clone().unsqueeze())).flatten::<3>(1, 2);
                (Value::Features(weighted.sum_dim(1).squeeze_dim(1)), Activation::Identity)
            }
        };
        // The slope of the identity needs no output, so that none is kept alive.
        let output = (activation != Activation::Identity).then(|| y.clone());
        (y, Passed::Layer { output, input })
    }

    fn input_gradient(&self, gradient: Value, passed: Passed) -> Value {
        let (output, input) = match (self, passed) {
            (Self::Residual(branch), Passed::Branch(passed)) => {
                let gradient = gradient.maps();
                let branch = input_gradient(branch, passed, Value::Maps(gradient.clone()));
                return Value::Maps(gradient + branch.maps());
            }
            (_, Passed::Layer { output, input }) => {
                (output.unwrap_or_else(|| gradient.clone()), input)
            }
            (_, Passed::Branch(_)) => unreachable!("only a residual layer passes a branch"),
        };
        let [batch, height, width, channels] = input;
        match self {
            Self::Linear { weight, activation, .. } => {
                let (gradient, output) = (gradient.features(), output.features());
                let weight = weight.clone();
                Value::Features(linear_input_gradient(gradient, output, weight, *activation))
            }
            Self::Convolution { layer, activation } => {
                let (gradient, output, size) = (gradient.maps(), output.maps(), [height, width]);
                let activation = *activation;
                let gradient =
                    layer.input_gradient_channels_last(gradient, output, size, activation);
                Value::Maps(gradient)
            }
            Self::Pointwise { layer, activation } => {
                let (gradient, output) = (gradient.maps(), output.maps());
                Value::Maps(layer.input_gradient_channels_last(gradient, output, *activation))
            }
            Self::Resample(resampling) => {
                let gradient = resampling.input_gradient(channels_first(gradient.maps()));
                Value::Maps(channels_last(gradient))
            }
            Self::Flatten => Value::Maps(gradient.features().reshape(input)),
            Self::WeightedSum(maps) => {
                let gradient = gradient.features().reshape([batch, 1, 1, channels]);
                Value::Maps(gradient * channels_last(maps.clone().unsqueeze()))
            }
            Self::Residual(_) => unreachable!("returned above"),
        }
    }
}

impl Value {
    fn maps(self) -> Tensor<4> {
        match self {
            Self::Maps(maps) => maps,
            Self::Features(features) => {
                let [_, width] = features.dims();
                panic!("a layer of feature maps behind a layer of {width} features")
            }
        }
    }

    pub(super) fn features(self) -> Tensor<2> {
        match self {
            Self::Features(features) => features,
            Self::Maps(maps) => {
                let [_, height, width, channels] = maps.dims();
                panic!("flatten the {channels} maps of {height} × {width} before a linear layer")
            }
        }
    }

    /// Of features, `[batch, 1, 1, features]`.
    fn shape(&self) -> [usize; 4] {
        match self {
            Self::Maps(maps) => maps.dims(),
            Self::Features(features) => {
                let [batch, width] = features.dims();
                [batch, 1, 1, width]
            }
        }
    }
}
