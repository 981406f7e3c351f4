//! A discriminator as a chain of layers, which gives its logits and its exact input gradient.
//!
//! ```text
//! images → layer → layer → … → features φ → logit = w·φ + b (+ e(class)·φ)
//! ∇ₓD    ← layer ← layer ← … ← w (+ e(class))
//! ```
//!
//! Every layer is linear, or linear and a piecewise linear activation φ with h = Wx + b, y = φ(h). The
//! gradient runs back through it as g ↦ Wᵀ(φ′(h) ⊙ g), ordinary tensor operations that autodiff
//! follows, and φ″ is 0 wherever there is one: penalties on the gradient are exact.

mod layer;

use burn::nn::Linear;
use burn::tensor::Tensor;
use gan_kernels::linear;

use super::{
    Activation, Convolution, MinibatchStd, Pointwise, Resampling, centre, centre_input_gradient,
    channels_first, channels_last,
};
use crate::conditioning::{ClassEmbedding, project, project_input_gradient};
use crate::networks::InputGradient;
use layer::{Layer, Value};

/// Layers from images to features, one after the other; feature maps have their channels last.
///
/// A chain panics where it is first used if its layers do not fit each other: a layer of maps behind
/// features, or a linear layer before [`flatten`](Self::flatten).
///
/// ```
/// use burn::module::Module;
/// use burn::nn::Linear;
/// use burn::tensor::Tensor;
/// use gan_model::layers::{Activation, Chain, Convolution, DiscriminatorChain};
/// use gan_model::{Discriminate, InputGradient};
///
/// #[derive(Module, Debug)]
/// struct MyDiscriminator {
///     convolution: Convolution,
///     output: Linear,
/// }
///
/// impl MyDiscriminator {
///     fn chain(&self) -> DiscriminatorChain<'_> {
///         Chain::of_images()
///             .convolution(&self.convolution, Activation::LeakyRelu(0.2))
///             .flatten()
///             .logits(&self.output)
///     }
/// }
///
/// impl Discriminate for MyDiscriminator {
///     fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
///         self.chain().forward(images, labels)
///     }
///     fn input_gradient(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Option<InputGradient> {
///         self.chain().input_gradient(images, labels)
///     }
/// }
/// ```
pub struct Chain<'a> {
    is_flat: bool,
    layers: Vec<Layer<'a>>,
}

/// A [`Chain`] and the layer that makes its features logits.
pub struct DiscriminatorChain<'a> {
    chain: Chain<'a>,
    output: Output<'a>,
    /// Vectors of classes, `[classes, features]`.
    class_vectors: Option<Tensor<2>>,
    minibatch_std: Option<&'a MinibatchStd>,
}

/// What makes features logits.
// A chain has one.
#[allow(clippy::large_enum_variant)]
enum Output<'a> {
    Layer(&'a Linear),
    Parameters { weight: Tensor<2>, bias: Tensor<1> },
}

impl<'a> Chain<'a> {
    /// Begins with images as maps, brought from `[0, 1]` to `[-1, 1]`, for convolutions.
    pub fn of_images() -> Self {
        Self { is_flat: false, layers: Vec::new() }
    }

    /// Begins with the values of images one after the other, `[batch, channels · h · w]`, as they are.
    pub fn of_pixels() -> Self {
        Self { is_flat: true, layers: Vec::new() }
    }

    /// A linear layer and a piecewise linear activation.
    pub fn linear(self, layer: &Linear, activation: Activation) -> Self {
        let (weight, bias) = parameters(layer);
        self.linear_with(weight, bias, activation)
    }

    /// The same of any weight `[inputs, outputs]`, such as a
    /// [normalised](super::SpectralNorm) one, and bias `[outputs]`.
    pub fn linear_with(self, weight: Tensor<2>, bias: Tensor<1>, activation: Activation) -> Self {
        self.with(Layer::Linear { weight, bias, activation })
    }

    /// A convolution and a piecewise linear activation.
    pub fn convolution(self, layer: &'a Convolution, activation: Activation) -> Self {
        self.with(Layer::Convolution { layer, activation })
    }

    /// A 1 × 1 convolution and a piecewise linear activation.
    pub fn pointwise(self, layer: &'a Pointwise, activation: Activation) -> Self {
        self.with(Layer::Pointwise { layer, activation })
    }

    /// Maps of another size.
    pub fn resample(self, resampling: Resampling) -> Self {
        self.with(Layer::Resample(resampling))
    }

    /// x + branch(x), for a branch that keeps the shape.
    pub fn residual(self, branch: impl FnOnce(Chain<'a>) -> Chain<'a>) -> Self {
        self.with(Layer::Residual(branch(Chain::of_images()).layers))
    }

    /// Maps to features, the channels of a pixel side by side.
    pub fn flatten(self) -> Self {
        self.with(Layer::Flatten)
    }

    /// Maps to the sum over their pixels, weighted by `maps`, `[channels, h, w]`.
    pub fn weighted_sum(self, maps: Tensor<3>) -> Self {
        self.with(Layer::WeightedSum(maps))
    }

    /// The linear layer that makes features logits, `[features]` to `[1]`.
    pub fn logits(self, output: &'a Linear) -> DiscriminatorChain<'a> {
        self.with_output(Output::Layer(output))
    }

    /// The same of a weight `[features, 1]` and bias `[1]`.
    pub fn logits_with(self, weight: Tensor<2>, bias: Tensor<1>) -> DiscriminatorChain<'a> {
        self.with_output(Output::Parameters { weight, bias })
    }

    fn with_output(self, output: Output<'a>) -> DiscriminatorChain<'a> {
        DiscriminatorChain { chain: self, output, class_vectors: None, minibatch_std: None }
    }

    fn with(mut self, layer: Layer<'a>) -> Self {
        self.layers.push(layer);
        self
    }
}

impl<'a> DiscriminatorChain<'a> {
    /// Makes it class-conditional by projection (Miyato & Koyama 2018), with vectors of classes,
    /// `[classes, features]`.
    pub fn projection(self, embedding: Option<&ClassEmbedding>) -> Self {
        self.projection_with(embedding.map(|embedding| embedding.weight.val()))
    }

    /// The same of any vectors, such as [normalised](super::SpectralNorm) ones.
    pub fn projection_with(self, class_vectors: Option<Tensor<2>>) -> Self {
        Self { class_vectors, ..self }
    }

    /// Shows it how much the images of a batch differ; it then has no input gradient.
    pub fn minibatch_std(self, minibatch_std: Option<&'a MinibatchStd>) -> Self {
        Self { minibatch_std, ..self }
    }

    /// The logits of `images`, `[batch, 1]`; `labels` are one-hot.
    pub fn forward(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        let mut x = self.chain.begin(images);
        for layer in &self.chain.layers {
            x = layer.forward(x).0;
        }
        self.logits_of(x.features(), labels)
    }

    /// Logits and the gradient of their sum in the images, both tracked; `None` with a minibatch
    /// standard deviation.
    pub fn input_gradient(
        &self,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Option<InputGradient> {
        if self.minibatch_std.is_some() {
            return None;
        }
        let shape @ [batch, ..] = images.dims();
        let (x, passed) = layer::forward(&self.chain.layers, self.chain.begin(images));
        let (weight, class_vectors) = (self.output.weight(), self.class_vectors.as_ref());
        let gradient = project_input_gradient(batch, weight, class_vectors, labels.clone());
        let gradient = layer::input_gradient(&self.chain.layers, passed, Value::Features(gradient));
        let gradient = match gradient {
            Value::Features(gradient) => gradient.reshape(shape),
            Value::Maps(gradient) => centre_input_gradient(channels_first(gradient)),
        };
        Some(InputGradient { logits: self.logits_of(x.features(), labels), gradient })
    }

    fn logits_of(&self, features: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<2> {
        let logits = self.output.forward(features.clone());
        let logits = MinibatchStd::add(self.minibatch_std, logits, &features);
        project(logits, features, self.class_vectors.as_ref(), labels)
    }
}

impl Output<'_> {
    fn forward(&self, features: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Layer(layer) => layer.forward(features),
            Self::Parameters { weight, bias } => {
                linear(features, weight.clone(), bias.clone(), Activation::Identity)
            }
        }
    }

    fn weight(&self) -> Tensor<2> {
        match self {
            Self::Layer(layer) => layer.weight.val(),
            Self::Parameters { weight, .. } => weight.clone(),
        }
    }
}

impl Chain<'_> {
    fn begin(&self, images: Tensor<4>) -> Value {
        match self.is_flat {
            true => Value::Features(images.flatten(1, 3)),
            false => Value::Maps(channels_last(centre(images))),
        }
    }
}

fn parameters(layer: &Linear) -> (Tensor<2>, Tensor<1>) {
    let weight = layer.weight.val();
    let [_, outputs] = weight.dims();
    let no_bias = || Tensor::zeros([outputs], &weight.device());
    let bias = layer.bias.as_ref().map_or_else(no_bias, |bias| bias.val());
    (weight, bias)
}
