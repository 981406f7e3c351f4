//! Leaky ReLU, and ReLU as the one that does not leak.

use burn::tensor::Tensor;

/// Slope of leaky ReLU at each of `inputs`: 1 above zero, `negative_slope` elsewhere.
///
/// The activation is `inputs * slopes`, and its input gradient `gradient * slopes`. The slopes are
/// constants, not tracked: where the activation has a derivative, they have none.
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use gan_model::layers::leaky_relu_slopes;
///
/// let inputs = Tensor::<1>::from_data([-2.0, 0.0, 3.0], &Device::flex());
/// let slopes = leaky_relu_slopes(&inputs, 0.2);
/// assert_eq!((inputs * slopes).into_data().try_to_vec(), Ok(vec![-0.4f32, 0.0, 3.0]));
/// ```
pub fn leaky_relu_slopes<const D: usize>(inputs: &Tensor<D>, negative_slope: f64) -> Tensor<D> {
    let positive = inputs.clone().detach().greater_elem(0.0).float();
    positive.mul_scalar(1.0 - negative_slope).add_scalar(negative_slope)
}
