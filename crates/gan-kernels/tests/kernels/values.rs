//! Numbers to test with.

use burn::tensor::{Device, Tensor, TensorData};
use gan_kernels::Activation;

pub const ACTIVATIONS: [Activation; 4] =
    [Activation::Identity, Activation::Relu, Activation::LeakyRelu(0.2), Activation::Sigmoid];

/// Numbers in [-1, 1) that look random, different for every `seed`.
pub fn random(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

pub fn tensor<const D: usize>(values: &[f32], shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
}

pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec::<f32>().unwrap()
}

pub fn bits<const D: usize>(tensor: Tensor<D>) -> Vec<u32> {
    values(tensor).into_iter().map(f32::to_bits).collect()
}

/// Fails where the two differ by more than `tolerance` of the largest value.
pub fn assert_close(ours: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(ours.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1e-6f32, |scale, x| scale.max(x.abs()));
    for (index, (a, b)) in ours.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * scale, "{what}: value {index} is {a}, not {b}");
    }
}
