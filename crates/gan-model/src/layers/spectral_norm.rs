//! Spectral normalisation (Miyato et al. 2018): layers of Lipschitz constant 1.

use burn::tensor::Tensor;

/// Power iterations, from the same start each time, so that nothing needs to be saved between two
/// uses. (The paper does one an update, from where the last one ended.)
const ITERATIONS: usize = 20;

/// W / σ(W) for `[inputs, outputs]`, where σ is the largest singular value (the paper's equation 8).
///
/// σ = uᵀWv with singular vectors u and v that are constants to autodiff, as in the paper; its
/// gradient is exact where they are.
pub fn spectral_norm(weight: Tensor<2>) -> Tensor<2> {
    let fixed = weight.clone().detach();
    let transposed = fixed.clone().transpose();
    let [_, outputs] = fixed.dims();
    let mut right = Tensor::<2>::ones([outputs, 1], &fixed.device());
    let mut left = unit(fixed.clone().matmul(right));
    for _ in 0..ITERATIONS {
        right = unit(transposed.clone().matmul(left));
        left = unit(fixed.clone().matmul(right));
    }
    let right = unit(transposed.matmul(left.clone()));
    let sigma = left.transpose().matmul(weight.clone()).matmul(right);
    // A weight of zeros stays one.
    weight / (sigma + 1e-12)
}

fn unit(vector: Tensor<2>) -> Tensor<2> {
    let norm = vector.clone().square().sum().sqrt().add_scalar(1e-12).reshape([1, 1]);
    vector / norm
}
