//! The kernels on Burn's `flex` backend.
//!
//! [`Kernels`] is a backend extension: Burn finds the backend behind a tensor, and whether it is
//! tracked, and calls the implementation below; derivatives are in [`autodiff`].

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, backend_extension};
use burn::tensor::{DType, Device, Tensor};
use burn_flex::{FlexTensor, Layout};

use crate::{Activation, AdamNumbers, AdamState, BatchNormed};

mod autodiff;
mod columns;
mod convolution;
mod elementwise;
mod fold;
mod lines;
mod map;
mod math;
mod out;
mod panels;
mod prefetch;
mod product;
mod rows;
mod simd;
mod threads;
mod tile;
mod windows;

use columns::BatchNorm;
pub(crate) use convolution::Convolution;
use elementwise::Function;
pub(crate) use map::Map;
use product::Finish;

/// Whether the kernels run on `tensor`: f32 on `flex`, at least one number, on a processor with
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
    layer(x, weight, bias, Map::Matrix, activation)
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
    layer_input_gradient(gradient, output, weight, Map::Matrix, activation)
}

/// `activation(x · weight + bias)`, where `map` says what a product is.
pub(crate) fn layer<const D: usize>(
    x: Tensor<D>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    map: Map,
    activation: Activation,
) -> Tensor<D> {
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::gan_layer(x, weight, bias, map, activation))
}

/// The gradient in a [`layer`]'s `x` from the one in its `output`.
pub(crate) fn layer_input_gradient<const D: usize>(
    gradient: Tensor<D>,
    output: Tensor<D>,
    weight: Tensor<2>,
    map: Map,
    activation: Activation,
) -> Tensor<D> {
    let [gradient, output] = [gradient, output].map(Tensor::into_dispatch);
    let weight = weight.into_dispatch();
    let dispatch = Dispatch::gan_layer_input_gradient(gradient, output, weight, map, activation);
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
) -> BatchNormed {
    let [_, columns] = x.dims();
    assert_eq!(gamma.dims(), [columns], "a scale for each column");
    assert_eq!(beta.dims(), [columns], "a shift for each column");
    let (x, gamma, beta) = (x.into_dispatch(), gamma.into_dispatch(), beta.into_dispatch());
    let (mean, variance) = Dispatch::gan_column_moments(x.clone());
    let output = Dispatch::gan_batch_norm(x, gamma, beta, mean.clone(), variance.clone(), epsilon);
    BatchNormed {
        output: Tensor::from_dispatch(output),
        mean: Tensor::from_dispatch(mean),
        variance: Tensor::from_dispatch(variance),
    }
}

pub(crate) fn exp<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::gan_exp(x.into_dispatch()))
}

pub(crate) fn adam_step<const D: usize>(
    state: AdamState<D>,
    gradient: Tensor<D>,
    numbers: AdamNumbers,
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
        numbers,
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

/// Operations with a derivative of their own.
#[backend_extension(Flex, Autodiff)]
pub trait Kernels: Backend {
    /// See [`layer`].
    fn gan_layer(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        map: Map,
        activation: Activation,
    ) -> FloatTensor<Self>;

    /// See [`layer_input_gradient`].
    fn gan_layer_input_gradient(
        gradient: FloatTensor<Self>,
        output: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        map: Map,
        activation: Activation,
    ) -> FloatTensor<Self>;

    /// See [`activate`](crate::activate).
    fn gan_activate(x: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self>;

    /// See [`log_sigmoid`](crate::log_sigmoid).
    fn gan_log_sigmoid(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`squared_norms`](crate::squared_norms).
    fn gan_squared_norms(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// See [`exp`](crate::exp).
    fn gan_exp(x: FloatTensor<Self>) -> FloatTensor<Self>;

    /// Mean and variance of each column, never tracked.
    fn gan_column_moments(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// See [`batch_norm`](crate::batch_norm); its derivative takes `mean` and `variance` for those of `x`.
    fn gan_batch_norm(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self>;
}

/// Operations on tensors that are never tracked.
#[backend_extension(Flex)]
pub trait UntrackedKernels: Backend {
    /// See [`adam_step`](crate::adam_step); gives parameter and moments.
    fn gan_adam_step(
        parameter: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        moment_1: FloatTensor<Self>,
        moment_2: FloatTensor<Self>,
        numbers: AdamNumbers,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// See [`blend`](crate::blend).
    fn gan_blend(
        average: FloatTensor<Self>,
        value: FloatTensor<Self>,
        decay: f64,
    ) -> FloatTensor<Self>;
}

impl Kernels for Flex {
    fn gan_layer(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        map: Map,
        activation: Activation,
    ) -> FlexTensor {
        let bias = bias.to_contiguous();
        map.apply(&map.factor(&x), &weight, Finish::Layer(numbers(&bias), activation))
    }

    fn gan_layer_input_gradient(
        gradient: FlexTensor,
        output: FlexTensor,
        weight: FlexTensor,
        map: Map,
        activation: Activation,
    ) -> FlexTensor {
        map.transpose(&before(activation, &output, &gradient), &weight)
    }

    fn gan_activate(x: FlexTensor, activation: Activation) -> FlexTensor {
        map_numbers(Function::Activation(activation), &x)
    }

    fn gan_log_sigmoid(x: FlexTensor) -> FlexTensor {
        map_numbers(Function::LogSigmoid, &x)
    }

    fn gan_squared_norms(x: FlexTensor) -> FlexTensor {
        let [batch, width] = dims(&x);
        tensor(rows::squared_norms(numbers(&x.to_contiguous()), width), [batch, 1])
    }

    fn gan_exp(x: FlexTensor) -> FlexTensor {
        map_numbers(Function::Exp, &x)
    }

    fn gan_column_moments(x: FlexTensor) -> (FlexTensor, FlexTensor) {
        let [_, columns] = dims(&x);
        let moments = columns::column_moments(numbers(&x.to_contiguous()), columns);
        let [mean, variance] = moments.map(|numbers| tensor(numbers, [columns]));
        (mean, variance)
    }

    fn gan_batch_norm(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        epsilon: f64,
    ) -> FlexTensor {
        let all = [x, gamma, beta, mean, variance].map(|tensor| tensor.to_contiguous());
        let [x, gamma, beta, mean, variance] = all.each_ref().map(numbers);
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
        adam_numbers: AdamNumbers,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let parameter = parameter.to_contiguous();
        // Consumed, so that what nobody else holds is changed where it lies.
        let [mut gradient, mut moment_1, mut moment_2] =
            [gradient, moment_1, moment_2].map(contiguous);
        elementwise::adam_step(
            adam_numbers,
            numbers(&parameter),
            gradient.storage_mut(),
            moment_1.storage_mut(),
            moment_2.storage_mut(),
        );
        (gradient, moment_1, moment_2)
    }

    fn gan_blend(average: FlexTensor, value: FlexTensor, decay: f64) -> FlexTensor {
        let (average, value) = (average.to_contiguous(), value.to_contiguous());
        let blended = elementwise::blend(numbers(&average), numbers(&value), decay);
        tensor(blended, average.layout().shape().clone())
    }
}

/// The gradient before an activation, from the one behind it and what came out.
fn before(activation: Activation, output: &FlexTensor, gradient: &FlexTensor) -> FlexTensor {
    let gradient = gradient.to_contiguous();
    if activation == Activation::Identity {
        return gradient;
    }
    let (output, backward) =
        (output.to_contiguous(), elementwise::Backward::Activation(activation));
    let before = elementwise::backward(backward, numbers(&output), numbers(&gradient));
    tensor(before, output.layout().shape().clone())
}

/// `tensor` itself if it lies row by row and fills its storage, otherwise a copy that does.
fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.is_contiguous() && tensor.storage::<f32>().len() == tensor.layout().num_elements() {
        return tensor;
    }
    tensor.to_contiguous()
}

fn map_numbers(function: Function, x: &FlexTensor) -> FlexTensor {
    let x = x.to_contiguous();
    tensor(elementwise::map(function, numbers(&x)), x.layout().shape().clone())
}

/// The numbers of a contiguous tensor.
fn numbers(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("made contiguous, and f32 as `runs_on` has checked")
}

fn dims(tensor: &FlexTensor) -> [usize; 2] {
    tensor.layout().shape().dims()
}

fn tensor(numbers: Vec<f32>, shape: impl Into<burn::tensor::Shape>) -> FlexTensor {
    let bytes = burn::tensor::Bytes::from_elems(numbers);
    FlexTensor::new(bytes, Layout::contiguous(shape.into()), DType::F32)
}
