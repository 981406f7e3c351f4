//! Kernels beside their references, at the sizes of the tutorial's networks.
//!
//! ```text
//! cargo bench --workspace --profile dev --bench kernels
//! ```

use burn::tensor::{Device, Tensor};
use divan::Bencher;
use gan_kernels::{
    Activation, AdamCoefficients, AdamState, adam_step, linear, log_sigmoid, reference,
};

/// As in the program: fresh pages from the system would cost more than the kernels.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BATCH: usize = 128;

/// Inputs and outputs of the layers.
const LAYERS: [(usize, usize); 4] = [(100, 128), (128, 784), (784, 128), (128, 1)];

type Layer = fn(Tensor<2>, Tensor<2>, Tensor<1>, Activation) -> Tensor<2>;

fn main() {
    divan::main();
}

fn values<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = (0..count).map(|i| (i % 97) as f32 / 97.0 - 0.5).collect();
    Tensor::from_data(burn::tensor::TensorData::new(values, shape), device)
}

fn forward(bencher: Bencher, (inputs, outputs): (usize, usize), layer: Layer) {
    let device = Device::flex();
    let x = values([BATCH, inputs], &device);
    let (weight, bias) = (values([inputs, outputs], &device), values([outputs], &device));
    bencher.bench(|| layer(x.clone(), weight.clone(), bias.clone(), Activation::Sigmoid));
}

fn forward_and_backward(bencher: Bencher, (inputs, outputs): (usize, usize), layer: Layer) {
    let device = Device::flex().autodiff();
    let x = values([BATCH, inputs], &device).require_grad();
    let weight = values([inputs, outputs], &device).require_grad();
    let bias = values([outputs], &device).require_grad();
    bencher.bench(|| {
        layer(x.clone(), weight.clone(), bias.clone(), Activation::Relu).sum().backward()
    });
}

#[divan::bench(args = LAYERS)]
fn layer_forward(bencher: Bencher, sizes: (usize, usize)) {
    forward(bencher, sizes, linear);
}

#[divan::bench(args = LAYERS)]
fn layer_forward_reference(bencher: Bencher, sizes: (usize, usize)) {
    forward(bencher, sizes, reference::linear);
}

#[divan::bench(args = LAYERS)]
fn layer_and_gradients(bencher: Bencher, sizes: (usize, usize)) {
    forward_and_backward(bencher, sizes, linear);
}

#[divan::bench(args = LAYERS)]
fn layer_and_gradients_reference(bencher: Bencher, sizes: (usize, usize)) {
    forward_and_backward(bencher, sizes, reference::linear);
}

#[divan::bench(args = [BATCH, BATCH * 784])]
fn losses(bencher: Bencher, count: usize) {
    let x = values([count], &Device::flex());
    bencher.bench(|| log_sigmoid(x.clone()));
}

#[divan::bench(args = [BATCH, BATCH * 784])]
fn losses_reference(bencher: Bencher, count: usize) {
    let x = values([count], &Device::flex());
    bencher.bench(|| reference::log_sigmoid(x.clone()));
}

fn adam(bencher: Bencher, step: fn(AdamState<1>, Tensor<1>, AdamCoefficients) -> AdamState<1>) {
    let device = Device::flex();
    let numbers_of =
        AdamCoefficients { beta_1: 0.9, beta_2: 0.999, step_size: 1e-3, epsilon: 1e-8 };
    let parameter = values([784 * 128], &device);
    let zeros = || Tensor::zeros([784 * 128], &device);
    let mut state = Some(AdamState { parameter, moment_1: zeros(), moment_2: zeros() });
    bencher.with_inputs(|| values([784 * 128], &device)).bench_local_values(|gradient| {
        let before = state.take().expect("put back below");
        state = Some(step(before, gradient, numbers_of));
    });
}

#[divan::bench]
fn adam_of_one_matrix(bencher: Bencher) {
    adam(bencher, adam_step);
}

#[divan::bench]
fn adam_of_one_matrix_reference(bencher: Bencher) {
    adam(bencher, reference::adam_step);
}
