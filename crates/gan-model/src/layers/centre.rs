//! Images as convolutional networks see them.

use burn::tensor::Tensor;

/// `[0, 1]` to `[-1, 1]`, where the papers' networks have their images: a convolution tells black
/// from the zeros around the image, and the numbers have a mean near zero.
pub(crate) fn centre(images: Tensor<4>) -> Tensor<4> {
    images.mul_scalar(2.0).sub_scalar(1.0)
}

/// The gradient in the images from the one in what [`centre`] made of them.
pub(crate) fn centre_input_gradient(gradient: Tensor<4>) -> Tensor<4> {
    gradient.mul_scalar(2.0)
}

/// `[batch, channels, h, w]` to `[batch, h, w, channels]`.
pub(crate) fn channels_last(images: Tensor<4>) -> Tensor<4> {
    images.permute([0, 2, 3, 1])
}

/// `[batch, h, w, channels]` to `[batch, channels, h, w]`.
pub(crate) fn channels_first(images: Tensor<4>) -> Tensor<4> {
    images.permute([0, 3, 1, 2])
}
