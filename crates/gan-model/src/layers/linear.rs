//! The input gradient of Burn's linear layer.

use burn::nn::Linear;
use burn::tensor::Tensor;

/// The gradient in the input of `layer`, `[batch, inputs]`, from the one in its output,
/// `[batch, outputs]`.
pub fn linear_input_gradient(layer: &Linear, gradient: Tensor<2>) -> Tensor<2> {
    gradient.matmul(layer.weight.val().transpose())
}
