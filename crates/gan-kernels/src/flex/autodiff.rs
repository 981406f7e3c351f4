//! Derivatives of the kernels.

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use burn_flex::FlexTensor;
use gan_collective::Collective;

use super::backend::{activation_backward, pointwise};
use super::elementwise::{self, Function};
use super::extension::Kernels;
use super::gemm::Epilogue;
use super::linear_op::{LinearOp, Operand};
use super::reduce::{self, BatchNorm};
use super::storage::{dims, tensor, values};
use crate::activation::Activation;

impl<C: CheckpointStrategy> Kernels for Autodiff<Flex, C> {
    fn gan_layer(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        op: LinearOp,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let parents = [x.node(), weight.node(), bias.node()];
        let (x, weight) = (op.operand(&x.into_primitive()), weight.into_primitive());
        let bias = bias.into_primitive().to_contiguous();
        let output = op.apply(&x, &weight, Epilogue::BiasActivation(values(&bias), activation));
        match Layer.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep
                .finish(LayerState { x, weight, output: output.clone(), op, activation }, output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn gan_layer_input_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        op: LinearOp,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let parents = [gradient.node(), weight.node()];
        let (output, weight) = (output.into_primitive(), weight.into_primitive());
        let masked = activation_backward(activation, &output, &gradient.into_primitive());
        let result = op.transpose(&masked, &weight);
        match LayerInputGradient.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = LayerInputGradientState { masked, output, weight, op, activation };
                prep.finish(state, result)
            }
            OpsKind::UnTracked(prep) => prep.finish(result),
        }
    }

    fn gan_activate(x: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self> {
        let parents = [x.node()];
        let output = Flex::gan_activate(x.into_primitive(), activation);
        let backward = elementwise::Backward::Activation(activation);
        match Pointwise(backward).prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(output.clone(), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn gan_log_sigmoid(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let parents = [x.node()];
        let x = x.into_primitive();
        let output = Flex::gan_log_sigmoid(x.clone());
        let backward = elementwise::Backward::LogSigmoid;
        match Pointwise(backward).prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(x, output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn gan_squared_norms(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let parents = [x.node()];
        let x = x.into_primitive();
        let output = Flex::gan_squared_norms(x.clone());
        match SquaredNorms.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(x, output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn gan_exp(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let parents = [x.node()];
        let output = pointwise(Function::Exp, &x.into_primitive());
        match Pointwise(elementwise::Backward::Exp).prepare::<C>(parents).compute_bound().stateful()
        {
            OpsKind::Tracked(prep) => prep.finish(output.clone(), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn gan_column_moments(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (mean, variance) = Flex::gan_column_moments(x.into_primitive());
        (<FloatTensor<Self>>::new(mean), <FloatTensor<Self>>::new(variance))
    }

    fn gan_batch_norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        epsilon: f64,
        ranks: Option<Arc<dyn Collective>>,
    ) -> FloatTensor<Self> {
        let parents = [x.node(), gamma.node(), beta.node()];
        let state = [x, gamma, mean, variance].map(FloatTensor::<Self>::into_primitive);
        let [x, gamma, mean, variance] = state.clone();
        let beta = beta.into_primitive();
        let output = Flex::gan_batch_norm(x, gamma, beta, mean, variance, epsilon, None);
        match (BatchNormBackward { epsilon, ranks })
            .prepare::<C>(parents)
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => prep.finish(state, output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }
}

/// The derivative of batch norm; the state is x, γ, mean and variance.
#[derive(Debug)]
struct BatchNormBackward {
    epsilon: f64,
    ranks: Option<Arc<dyn Collective>>,
}

impl Backward<Flex, 3> for BatchNormBackward {
    type State = [FlexTensor; 4];

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node).to_contiguous();
        let state = ops.state.map(|tensor| tensor.to_contiguous());
        let [x, gamma, mean, variance] = state.each_ref().map(values);
        let norm = BatchNorm { x, gamma, mean, variance, epsilon: self.epsilon };
        let [of_x, of_gamma, of_beta] = norm.backward(values(&gradient), self.ranks.as_deref());
        let shape = |of: &FlexTensor| of.layout().shape().clone();
        let gradients = [
            tensor(of_x, shape(&state[0])),
            tensor(of_gamma, shape(&state[1])),
            tensor(of_beta, shape(&state[1])),
        ];
        for (node, gradient) in ops.parents.into_iter().zip(gradients) {
            if let Some(node) = node {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

/// The derivative of a function of each value alone; the state is its input or output.
#[derive(Debug)]
struct Pointwise(elementwise::Backward);

impl Backward<Flex, 1> for Pointwise {
    type State = FlexTensor;

    fn backward(self, ops: Ops<FlexTensor, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            let (known, gradient) = (ops.state.to_contiguous(), gradient.to_contiguous());
            let values = elementwise::backward(self.0, values(&known), values(&gradient));
            tensor(values, known.layout().shape().clone())
        });
    }
}

/// The derivative of the squared norms of rows; the state is the rows.
#[derive(Debug)]
struct SquaredNorms;

impl Backward<Flex, 1> for SquaredNorms {
    type State = FlexTensor;

    fn backward(self, ops: Ops<FlexTensor, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            let (x, gradient) = (ops.state.to_contiguous(), gradient.to_contiguous());
            let [_, width] = dims(&x);
            let of_x = reduce::squared_norms_backward(values(&x), width, values(&gradient));
            tensor(of_x, x.layout().shape().clone())
        });
    }
}

/// The derivative of a layer.
#[derive(Debug)]
struct Layer;

#[derive(Clone, Debug)]
struct LayerState {
    x: Operand,
    weight: FlexTensor,
    output: FlexTensor,
    op: LinearOp,
    activation: Activation,
}

impl Backward<Flex, 3> for Layer {
    type State = LayerState;

    fn backward(self, ops: Ops<LayerState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let LayerState { x, weight, output, op, activation } = ops.state;
        // The gradient of the sums, before the activation.
        let gradient = activation_backward(activation, &output, &grads.consume::<Flex>(&ops.node));
        let [of_x, of_weight, of_bias] = ops.parents;
        if let Some(node) = of_bias {
            let outputs = gradient.layout().shape().last().copied().unwrap_or(1);
            let sums = reduce::column_sums(values(&gradient), outputs);
            grads.register::<Flex>(node.id, tensor(sums, [outputs]));
        }
        if let Some(node) = of_weight {
            grads.register::<Flex>(node.id, op.weight_gradient(&x, &gradient));
        }
        if let Some(node) = of_x {
            grads.register::<Flex>(node.id, op.transpose(&gradient, &weight));
        }
    }
}

/// The derivative of the gradient in a layer's input: of y = m · Wᵀ, where m is the gradient behind
/// the activation times its derivative.
#[derive(Debug)]
struct LayerInputGradient;

#[derive(Clone, Debug)]
struct LayerInputGradientState {
    masked: FlexTensor,
    output: FlexTensor,
    weight: FlexTensor,
    op: LinearOp,
    activation: Activation,
}

impl Backward<Flex, 2> for LayerInputGradient {
    type State = LayerInputGradientState;

    fn backward(
        self,
        ops: Ops<LayerInputGradientState, 2>,
        grads: &mut Gradients,
        _: &mut Checkpointer,
    ) {
        let LayerInputGradientState { masked, output, weight, op, activation } = ops.state;
        let of_y = op.operand(&grads.consume::<Flex>(&ops.node));
        let [of_gradient, of_weight] = ops.parents;
        if let Some(node) = of_weight {
            grads.register::<Flex>(node.id, op.weight_gradient(&of_y, &masked));
        }
        if let Some(node) = of_gradient {
            let of_masked = op.apply(&of_y, &weight, Epilogue::Store);
            grads.register::<Flex>(node.id, activation_backward(activation, &output, &of_masked));
        }
    }
}
