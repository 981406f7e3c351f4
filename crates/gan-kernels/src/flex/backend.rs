//! The operations on `flex`, without derivatives.

use std::sync::Arc;

use burn::backend::Flex;
use burn_flex::FlexTensor;
use gan_collective::Collective;

use super::elementwise::{self, Function};
use super::extension::{Kernels, UntrackedKernels};
use super::gemm::Epilogue;
use super::linear_op::LinearOp;
use super::reduce::{self, BatchNorm};
use super::storage::{contiguous, dims, tensor, values};
use crate::activation::Activation;
use crate::adam::AdamCoefficients;

impl Kernels for Flex {
    fn gan_layer(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        op: LinearOp,
        activation: Activation,
    ) -> FlexTensor {
        let bias = bias.to_contiguous();
        op.apply(&op.operand(&x), &weight, Epilogue::BiasActivation(values(&bias), activation))
    }

    fn gan_layer_input_gradient(
        gradient: FlexTensor,
        output: FlexTensor,
        weight: FlexTensor,
        op: LinearOp,
        activation: Activation,
    ) -> FlexTensor {
        op.transpose(&activation_backward(activation, &output, &gradient), &weight)
    }

    fn gan_activate(x: FlexTensor, activation: Activation) -> FlexTensor {
        pointwise(Function::Activation(activation), &x)
    }

    fn gan_log_sigmoid(x: FlexTensor) -> FlexTensor {
        pointwise(Function::LogSigmoid, &x)
    }

    fn gan_squared_norms(x: FlexTensor) -> FlexTensor {
        let [batch, width] = dims(&x);
        tensor(reduce::squared_norms(values(&x.to_contiguous()), width), [batch, 1])
    }

    fn gan_exp(x: FlexTensor) -> FlexTensor {
        pointwise(Function::Exp, &x)
    }

    fn gan_column_moments(x: FlexTensor) -> (FlexTensor, FlexTensor) {
        let [_, columns] = dims(&x);
        let moments = reduce::column_moments(values(&x.to_contiguous()), columns);
        let [mean, variance] = moments.map(|values| tensor(values, [columns]));
        (mean, variance)
    }

    fn gan_batch_norm(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        epsilon: f64,
        _: Option<Arc<dyn Collective>>,
    ) -> FlexTensor {
        let all = [x, gamma, beta, mean, variance].map(|tensor| tensor.to_contiguous());
        let [x, gamma, beta, mean, variance] = all.each_ref().map(values);
        let output = BatchNorm { x, gamma, mean, variance, epsilon }.apply(beta);
        tensor(output, all[0].layout().shape().clone())
    }
}

impl UntrackedKernels for Flex {
    fn gan_adam_step(
        parameter: FlexTensor,
        gradient: FlexTensor,
        moment_1: FlexTensor,
        moment_2: FlexTensor,
        coefficients: AdamCoefficients,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let parameter = parameter.to_contiguous();
        // Consumed, so that what nobody else holds is changed where it lies.
        let [mut gradient, mut moment_1, mut moment_2] =
            [gradient, moment_1, moment_2].map(contiguous);
        elementwise::adam_step(
            coefficients,
            values(&parameter),
            gradient.storage_mut(),
            moment_1.storage_mut(),
            moment_2.storage_mut(),
        );
        (gradient, moment_1, moment_2)
    }

    fn gan_blend(average: FlexTensor, value: FlexTensor, decay: f64) -> FlexTensor {
        let (average, value) = (average.to_contiguous(), value.to_contiguous());
        let blended = elementwise::blend(values(&average), values(&value), decay);
        tensor(blended, average.layout().shape().clone())
    }
}

/// The gradient in an activation's input, from the one in its output and the output itself.
pub(super) fn activation_backward(
    activation: Activation,
    output: &FlexTensor,
    gradient: &FlexTensor,
) -> FlexTensor {
    let gradient = gradient.to_contiguous();
    if activation == Activation::Identity {
        return gradient;
    }
    let (output, backward) =
        (output.to_contiguous(), elementwise::Backward::Activation(activation));
    let before = elementwise::backward(backward, values(&output), values(&gradient));
    tensor(before, output.layout().shape().clone())
}

/// `function` of every value.
pub(super) fn pointwise(function: Function, x: &FlexTensor) -> FlexTensor {
    let x = x.to_contiguous();
    tensor(elementwise::map(function, values(&x)), x.layout().shape().clone())
}
