//! Derivatives of the kernels.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use burn_flex::FlexTensor;

use super::elementwise::{self, Function};
use super::product::{Finish, Left, Product, Right, panels};
use super::{Kernels, dims, map, numbers, tensor};
use crate::Activation;

impl<C: CheckpointStrategy> Kernels for Autodiff<Flex, C> {
    fn gan_linear(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let parents = [x.node(), weight.node(), bias.node()];
        let (x, weight) = (x.into_primitive(), weight.into_primitive());
        let output = Flex::gan_linear(x.clone(), weight.clone(), bias.into_primitive(), activation);
        match Linear.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                prep.finish(LinearState { x, weight, output: output.clone(), activation }, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(output),
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

    fn gan_exp(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let parents = [x.node()];
        let output = map(Function::Exp, &x.into_primitive());
        match Pointwise(elementwise::Backward::Exp).prepare::<C>(parents).compute_bound().stateful()
        {
            OpsKind::Tracked(prep) => prep.finish(output.clone(), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }
}

/// The derivative of a function of each number alone; the state is its input or output.
#[derive(Debug)]
struct Pointwise(elementwise::Backward);

impl Backward<Flex, 1> for Pointwise {
    type State = FlexTensor;

    fn backward(self, ops: Ops<FlexTensor, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            let (known, gradient) = (ops.state.to_contiguous(), gradient.to_contiguous());
            let numbers = elementwise::backward(self.0, numbers(&known), numbers(&gradient));
            tensor(numbers, known.layout().shape().clone())
        });
    }
}

/// The derivative of a layer.
#[derive(Debug)]
struct Linear;

#[derive(Clone, Debug)]
struct LinearState {
    x: FlexTensor,
    weight: FlexTensor,
    output: FlexTensor,
    activation: Activation,
}

impl Backward<Flex, 3> for Linear {
    type State = LinearState;

    fn backward(self, ops: Ops<LinearState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let LinearState { x, weight, output, activation } = ops.state;
        let gradient = grads.consume::<Flex>(&ops.node).to_contiguous();
        let ([batch, inputs], [_, outputs]) = (dims(&x), dims(&weight));
        // The gradient of the sums, before the activation.
        let gradient = match activation {
            Activation::Identity => gradient,
            activation => {
                let backward = elementwise::Backward::Activation(activation);
                let sums = elementwise::backward(backward, numbers(&output), numbers(&gradient));
                tensor(sums, [batch, outputs])
            }
        };
        let gradient = numbers(&gradient);
        let [of_x, of_weight, of_bias] = ops.parents;
        if let Some(node) = of_bias {
            let sums = elementwise::column_sums(gradient, outputs);
            grads.register::<Flex>(node.id, tensor(sums, [outputs]));
        }
        if let Some(node) = of_weight {
            let x = x.to_contiguous();
            let product = Product {
                left: Left::Transposed(numbers(&x)),
                right: Right::Rows(gradient),
                rows: inputs,
                depth: batch,
                columns: outputs,
                finish: Finish::Store,
            };
            let product = match outputs {
                // A column is a row: the same sums, but whole vectors of them.
                1 => Product {
                    left: Left::Rows(gradient),
                    right: Right::Rows(numbers(&x)),
                    rows: 1,
                    columns: inputs,
                    ..product
                },
                _ => product,
            };
            let product = product.compute();
            grads.register::<Flex>(node.id, tensor(product, [inputs, outputs]));
        }
        if let Some(node) = of_x {
            let panels = panels(numbers(&weight.to_contiguous()), outputs);
            let product = Product {
                left: Left::Rows(gradient),
                right: Right::Panels(&panels),
                rows: batch,
                depth: outputs,
                columns: inputs,
                finish: Finish::Store,
            }
            .compute();
            grads.register::<Flex>(node.id, tensor(product, [batch, inputs]));
        }
    }
}
