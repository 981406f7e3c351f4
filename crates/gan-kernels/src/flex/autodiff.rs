//! Derivatives of the kernels.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use burn_flex::FlexTensor;

use super::elementwise::{self, Function};
use super::product::Finish;
use super::rows;
use super::{
    Kernels, before, dims, map, numbers, tensor, times, times_transposed, transposed_times,
};
use crate::{Activation, Window};

impl<C: CheckpointStrategy> Kernels for Autodiff<Flex, C> {
    fn gan_linear(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        groups: usize,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let parents = [x.node(), weight.node(), bias.node()];
        let (x, weight) = (x.into_primitive(), weight.into_primitive());
        let bias = bias.into_primitive();
        let output = Flex::gan_linear(x.clone(), weight.clone(), bias, groups, activation);
        match Linear.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = LinearState { x, weight, output: output.clone(), groups, activation };
                prep.finish(state, output)
            }
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn gan_linear_input_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        groups: usize,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let parents = [gradient.node(), weight.node()];
        let (output, weight) = (output.into_primitive(), weight.into_primitive());
        let masked = before(activation, &output, &gradient.into_primitive());
        let result = times_transposed(&masked, &weight, groups);
        match LinearInputGradient.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = LinearInputGradientState { masked, output, weight, groups, activation };
                prep.finish(state, result)
            }
            OpsKind::UnTracked(prep) => prep.finish(result),
        }
    }

    fn gan_unfold(images: FloatTensor<Self>, window: Window) -> FloatTensor<Self> {
        let parents = [images.node()];
        let images = images.into_primitive();
        let shape = images.layout().shape().dims();
        let output = Flex::gan_unfold(images, window);
        match Unfold.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((shape, window), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn gan_fold(
        windows: FloatTensor<Self>,
        shape: [usize; 4],
        window: Window,
    ) -> FloatTensor<Self> {
        let parents = [windows.node()];
        let output = Flex::gan_fold(windows.into_primitive(), shape, window);
        match Fold.prepare::<C>(parents).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(window, output),
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

/// The derivative of the squared norms of rows; the state is the rows.
#[derive(Debug)]
struct SquaredNorms;

impl Backward<Flex, 1> for SquaredNorms {
    type State = FlexTensor;

    fn backward(self, ops: Ops<FlexTensor, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            let (x, gradient) = (ops.state.to_contiguous(), gradient.to_contiguous());
            let [_, width] = dims(&x);
            let of_x = rows::squared_norms_backward(numbers(&x), width, numbers(&gradient));
            tensor(of_x, x.layout().shape().clone())
        });
    }
}

/// The derivative of unfolding is folding.
#[derive(Debug)]
struct Unfold;

impl Backward<Flex, 1> for Unfold {
    type State = ([usize; 4], Window);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (shape, window) = ops.state;
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            Flex::gan_fold(gradient, shape, window)
        });
    }
}

/// And the other way round.
#[derive(Debug)]
struct Fold;

impl Backward<Flex, 1> for Fold {
    type State = Window;

    fn backward(self, ops: Ops<Window, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            Flex::gan_unfold(gradient, ops.state)
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
    groups: usize,
    activation: Activation,
}

impl Backward<Flex, 3> for Linear {
    type State = LinearState;

    fn backward(self, ops: Ops<LinearState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let LinearState { x, weight, output, groups, activation } = ops.state;
        // The gradient of the sums, before the activation.
        let gradient = before(activation, &output, &grads.consume::<Flex>(&ops.node));
        let [of_x, of_weight, of_bias] = ops.parents;
        if let Some(node) = of_bias {
            let [batch, outputs] = dims(&gradient);
            let groups = numbers(&gradient).chunks_exact(batch / groups * outputs);
            let sums = groups.flat_map(|rows| elementwise::column_sums(rows, outputs));
            let sums = sums.collect::<Vec<f32>>();
            let biases = sums.len();
            grads.register::<Flex>(node.id, tensor(sums, [biases]));
        }
        if let Some(node) = of_weight {
            grads
                .register::<Flex>(node.id, transposed_times(&x.to_contiguous(), &gradient, groups));
        }
        if let Some(node) = of_x {
            grads.register::<Flex>(node.id, times_transposed(&gradient, &weight, groups));
        }
    }
}

/// The derivative of the gradient in a layer's input: of y = m · Wᵀ, where m is the gradient behind
/// the activation times its slope.
#[derive(Debug)]
struct LinearInputGradient;

#[derive(Clone, Debug)]
struct LinearInputGradientState {
    masked: FlexTensor,
    output: FlexTensor,
    weight: FlexTensor,
    groups: usize,
    activation: Activation,
}

impl Backward<Flex, 2> for LinearInputGradient {
    type State = LinearInputGradientState;

    fn backward(
        self,
        ops: Ops<LinearInputGradientState, 2>,
        grads: &mut Gradients,
        _: &mut Checkpointer,
    ) {
        let LinearInputGradientState { masked, output, weight, groups, activation } = ops.state;
        let of_y = grads.consume::<Flex>(&ops.node).to_contiguous();
        let [of_gradient, of_weight] = ops.parents;
        if let Some(node) = of_weight {
            grads.register::<Flex>(node.id, transposed_times(&of_y, &masked, groups));
        }
        if let Some(node) = of_gradient {
            let of_masked = times(&of_y, &weight.to_contiguous(), groups, Finish::Store);
            grads.register::<Flex>(node.id, before(activation, &output, &of_masked));
        }
    }
}
