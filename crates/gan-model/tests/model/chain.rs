//! Discriminators of one's own as chains of layers, and the check of an input gradient.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use gan_model::layers::{
    Activation, Chain, Convolution, DiscriminatorChain, Pointwise, Resampling, SpectralNorm,
};
use gan_model::{ClassEmbedding, Discriminate, InputGradient, check_input_gradient, one_hot};
use gan_random::{Rng, Stream};

/// Below this, an error is rounding and kinks; a wrong derivative is off by about 1.
const TOLERANCE: f64 = 5e-2;
const LEAKY: Activation = Activation::LeakyRelu(0.2);

#[test]
fn a_chain_of_every_layer_gives_the_gradient_that_central_differences_measure() {
    let network = EveryLayer::new(&Device::flex());
    let check = check_input_gradient(&network, &images(), Some(&labels())).expect("a gradient");
    assert!(check.gradient_error < TOLERANCE, "{check:?}");
    assert_eq!(check.logit_error, 0.0);
}

#[test]
fn a_chains_gradient_trains_the_layers_as_central_differences_of_a_penalty_say() {
    let device = Device::flex().autodiff();
    let network = EveryLayer::new(&device);
    let penalty = |network: &EveryLayer| {
        let InputGradient { gradient, .. } = network
            .input_gradient(images().to_device(&device), Some(labels().to_device(&device)))
            .expect("a gradient");
        gradient.square().sum()
    };
    let gradients = penalty(&network).backward();
    let trained = network.convolution.weight.val();
    let gradient = trained.grad(&gradients).expect("the penalty depends on it");
    let direction = gradient.clone() / gradient.clone().square().sum().sqrt().reshape([1, 1, 1, 1]);
    let moved = |step: f32| {
        let mut network = network.clone();
        let there = trained.clone().inner() + direction.clone().mul_scalar(step);
        network.convolution.weight = Param::from_data(there.into_data(), &device);
        penalty(&network).into_scalar::<f32>()
    };
    let claimed = gradient.square().sum().sqrt().into_scalar::<f32>();
    // A step may cross a kink, where the penalty jumps; not all of these do.
    let measured = [1e-3, 3e-4, 1e-4, 3e-5].map(|step| (moved(step) - moved(-step)) / (2.0 * step));
    let is_near = |measured: &f32| (claimed / measured - 1.0).abs() < 0.02;
    assert!(measured.iter().any(is_near), "{claimed}, measured {measured:?}");
}

#[test]
fn the_check_finds_a_gradient_that_is_wrong() {
    struct Wrong(EveryLayer);
    impl Discriminate for Wrong {
        fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
            self.0.logits(images, labels)
        }
        fn input_gradient(
            &self,
            images: Tensor<4>,
            labels: Option<Tensor<2>>,
        ) -> Option<InputGradient> {
            let right = self.0.input_gradient(images, labels)?;
            Some(InputGradient { gradient: right.gradient.mul_scalar(1.2), ..right })
        }
    }
    let network = Wrong(EveryLayer::new(&Device::flex()));
    let check = check_input_gradient(&network, &images(), None).expect("a gradient");
    assert!(check.gradient_error > TOLERANCE, "{check:?}");
}

/// Every kind of layer that a chain may have.
#[derive(Module, Debug)]
struct EveryLayer {
    convolution: Convolution,
    widen: Pointwise,
    branch: Convolution,
    basis: Param<Tensor<3>>,
    hidden: Linear,
    hidden_norm: SpectralNorm,
    output: Linear,
    embedding: ClassEmbedding,
}

impl EveryLayer {
    fn new(device: &Device) -> Self {
        let linear = |inputs, outputs, index| Linear {
            weight: param([inputs, outputs], index, device),
            bias: Some(param([outputs], index + 1, device)),
        };
        let convolution = |outputs, inputs, index| Convolution {
            weight: param([outputs, inputs, 3, 3], index, device),
            bias: Some(param([outputs], index + 1, device)),
            stride: 1,
            padding: 1,
            groups: 1,
        };
        let hidden = linear(6, 5, 7);
        Self {
            convolution: convolution(4, 1, 0),
            widen: Pointwise {
                weight: param([6, 4], 2, device),
                bias: Some(param([6], 3, device)),
            },
            branch: convolution(6, 6, 4),
            basis: param([6, 4, 4], 6, device),
            hidden_norm: SpectralNorm::beginning_at(
                param([5, 1], 12, device).val(),
                hidden.weight.val(),
            ),
            hidden,
            output: linear(5, 1, 9),
            embedding: ClassEmbedding { weight: param([3, 5], 11, device) },
        }
    }

    fn chain(&self) -> DiscriminatorChain<'_> {
        let bias = self.hidden.bias.as_ref().expect("it has one").val();
        Chain::of_images()
            .convolution(&self.convolution, LEAKY)
            .resample(Resampling::BilinearDown)
            .pointwise(&self.widen, Activation::Identity)
            .residual(|branch| branch.convolution(&self.branch, Activation::Relu))
            .weighted_sum(self.basis.val())
            .linear_with(self.hidden_norm.apply(self.hidden.weight.val()), bias, LEAKY)
            .logits(&self.output)
            .projection(Some(&self.embedding))
    }
}

impl Discriminate for EveryLayer {
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
        self.chain().forward(images, labels)
    }
    fn input_gradient(
        &self,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Option<InputGradient> {
        self.chain().input_gradient(images, labels)
    }
}

fn param<const D: usize>(shape: [usize; D], index: u64, device: &Device) -> Param<Tensor<D>> {
    let values = Rng::new(1).normal(Stream::Samples, index, shape.iter().product());
    let values = values.into_iter().map(|value| 0.3 * value).collect::<Vec<f32>>();
    Param::from_data(TensorData::new(values, shape), device)
}

fn images() -> Tensor<4> {
    let values = Rng::new(2).uniform(Stream::Samples, 0, 5 * 64, 0.0, 1.0);
    Tensor::from_data(TensorData::new(values, [5, 1, 8, 8]), &Device::flex())
}

fn labels() -> Tensor<2> {
    one_hot(&[0, 2, 1, 1, 0], 3, &Device::flex())
}
