//! The same bits, whoever computes.

use burn::tensor::{Device, Tensor};
use gan_kernels::{Activation, linear};

use crate::values::{bits, random, tensor};

fn two_layers() -> Vec<Vec<u32>> {
    let device = Device::flex().autodiff();
    let x = tensor(&random(100 * 784, 1), [100, 784], &device).require_grad();
    let first = tensor(&random(784 * 128, 2), [784, 128], &device).require_grad();
    let second = tensor(&random(128 * 784, 3), [128, 784], &device).require_grad();
    let bias = tensor(&random(784, 4), [784], &device).require_grad();
    let hidden = linear(x.clone(), first.clone(), bias.clone().slice(0..128), Activation::Relu);
    let output = linear(hidden, second.clone(), bias.clone(), Activation::Sigmoid);
    let gradients = output.clone().mean().backward();
    let gradient = |of: &Tensor<2>| bits(of.grad(&gradients).unwrap());
    let of_bias = bits(bias.grad(&gradients).unwrap());
    vec![bits(output), gradient(&x), gradient(&first), gradient(&second), of_bias]
}

#[test]
fn layers_and_gradients_have_the_same_bits_at_any_number_of_threads() {
    let with_threads = |count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        pool.install(two_layers)
    };
    let alone = with_threads(1);
    for threads in [2, 3, 7] {
        assert!(with_threads(threads) == alone, "{threads} threads");
    }
}
