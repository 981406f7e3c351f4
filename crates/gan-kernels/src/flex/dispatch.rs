//! Tensors to kernels: checks the shapes, and has Burn find the backend behind a tensor and whether it
//! is tracked.

use std::sync::Arc;

use burn::backend::Dispatch;
use burn::tensor::{DType, Device, Tensor};
use gan_collective::Collective;

use super::extension::{Kernels, UntrackedKernels};
use super::linear_op::LinearOp;
use super::simd;
use crate::activation::Activation;
use crate::adam::{AdamCoefficients, AdamState};
use crate::batch_norm::BatchNormed;

/// Whether the kernels run on `tensor`: f32 on `flex`, at least one value, on a processor with
/// vectors.
pub(crate) fn runs_on<const D: usize>(tensor: &Tensor<D>) -> bool {
    tensor.dtype() == DType::F32
        && tensor.device() == Device::flex()
        && tensor.shape().num_elements() > 0
        && simd::available()
}

pub(crate) fn linear(
    x: Tensor<2>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<2> {
    let ([_, inputs], [fan_in, outputs], [biases]) = (x.dims(), weight.dims(), bias.dims());
    assert_eq!(
        inputs, fan_in,
        "the layer's weight is [{fan_in}, {outputs}], x has {inputs} columns"
    );
    assert_eq!(outputs, biases, "the layer has {outputs} outputs and {biases} biases");
    layer(x, weight, bias, LinearOp::Matrix, activation)
}

pub(crate) fn linear_input_gradient(
    gradient: Tensor<2>,
    output: Tensor<2>,
    weight: Tensor<2>,
    activation: Activation,
) -> Tensor<2> {
    let ([_, outputs], [inputs, fan_out]) = (gradient.dims(), weight.dims());
    assert_eq!(gradient.dims(), output.dims(), "a gradient has the shape of its output");
    assert_eq!(
        outputs, fan_out,
        "the layer's weight is [{inputs}, {fan_out}], the gradient has {outputs} columns"
    );
    layer_input_gradient(gradient, output, weight, LinearOp::Matrix, activation)
}

/// `activation(x · weight + bias)`, where `op` says what a product is.
pub(crate) fn layer<const D: usize>(
    x: Tensor<D>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    op: LinearOp,
    activation: Activation,
) -> Tensor<D> {
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::gan_layer(x, weight, bias, op, activation))
}

/// The gradient in a [`layer`]'s `x` from the one in its `output`.
pub(crate) fn layer_input_gradient<const D: usize>(
    gradient: Tensor<D>,
    output: Tensor<D>,
    weight: Tensor<2>,
    op: LinearOp,
    activation: Activation,
) -> Tensor<D> {
    let [gradient, output] = [gradient, output].map(Tensor::into_dispatch);
    let weight = weight.into_dispatch();
    let dispatch = Dispatch::gan_layer_input_gradient(gradient, output, weight, op, activation);
    Tensor::from_dispatch(dispatch)
}

pub(crate) fn activate<const D: usize>(x: Tensor<D>, activation: Activation) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::gan_activate(x.into_dispatch(), activation))
}

pub(crate) fn log_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::gan_log_sigmoid(x.into_dispatch()))
}

pub(crate) fn squared_norms(x: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::gan_squared_norms(x.into_dispatch()))
}

pub(crate) fn batch_norm(
    x: Tensor<2>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
    ranks: Option<Arc<dyn Collective>>,
) -> BatchNormed {
    let [_, columns] = x.dims();
    assert_eq!(gamma.dims(), [columns], "a scale for each column");
    assert_eq!(beta.dims(), [columns], "a shift for each column");
    let (x, gamma, beta) = (x.into_dispatch(), gamma.into_dispatch(), beta.into_dispatch());
    let (mean, variance) = Dispatch::gan_column_moments(x.clone());
    let moments = [mean, variance].map(Tensor::<1>::from_dispatch);
    let [mean, variance] = match &ranks {
        None => moments,
        Some(ranks) => moments_of_all(moments, &**ranks),
    };
    let [of_mean, of_variance] = [&mean, &variance].map(|tensor| tensor.clone().into_dispatch());
    let output = Dispatch::gan_batch_norm(x, gamma, beta, of_mean, of_variance, epsilon, ranks);
    BatchNormed { output: Tensor::from_dispatch(output), mean, variance }
}

/// Mean and variance of each column over the rows of all ranks, as many on each, from those of the rows
/// here.
fn moments_of_all(moments: [Tensor<1>; 2], ranks: &dyn Collective) -> [Tensor<1>; 2] {
    let [columns] = moments[0].dims();
    let device = moments[0].device();
    let data = Tensor::cat(moments.into(), 0).into_data();
    let here: Vec<f32> = data.iter::<f32>().collect();
    let all = ranks.gather_values(&here);
    let count = ranks.ranks() as f64;
    let of = |column: usize| {
        let rows = all.chunks_exact(2 * columns);
        let each = rows.map(|row| (f64::from(row[column]), f64::from(row[columns + column])));
        let mean = each.clone().map(|(mean, _)| mean).sum::<f64>() / count;
        // Within each rank, and of the ranks' means around the mean of all.
        let squares = each.map(|(of_rank, variance)| variance + (of_rank - mean).powi(2));
        (mean as f32, (squares.sum::<f64>() / count) as f32)
    };
    let (means, variances): (Vec<f32>, Vec<f32>) = (0..columns).map(of).unzip();
    [means, variances].map(|values| Tensor::from_data(values.as_slice(), &device))
}

pub(crate) fn exp<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::gan_exp(x.into_dispatch()))
}

pub(crate) fn adam_step<const D: usize>(
    state: AdamState<D>,
    gradient: Tensor<D>,
    coefficients: AdamCoefficients,
) -> AdamState<D> {
    let AdamState { parameter, moment_1, moment_2 } = state;
    let shape = parameter.shape();
    assert_eq!(shape, gradient.shape(), "a gradient has the shape of its parameter");
    assert_eq!(shape, moment_1.shape(), "moments have the shape of their parameter");
    assert_eq!(shape, moment_2.shape(), "moments have the shape of their parameter");
    let (parameter, moment_1, moment_2) = Dispatch::gan_adam_step(
        parameter.into_dispatch(),
        gradient.into_dispatch(),
        moment_1.into_dispatch(),
        moment_2.into_dispatch(),
        coefficients,
    );
    AdamState {
        parameter: Tensor::from_dispatch(parameter),
        moment_1: Tensor::from_dispatch(moment_1),
        moment_2: Tensor::from_dispatch(moment_2),
    }
}

pub(crate) fn blend<const D: usize>(average: Tensor<D>, value: Tensor<D>, decay: f64) -> Tensor<D> {
    assert_eq!(average.shape(), value.shape(), "an average has the shape of what it averages");
    let (average, value) = (average.into_dispatch(), value.into_dispatch());
    Tensor::from_dispatch(Dispatch::gan_blend(average, value, decay))
}
