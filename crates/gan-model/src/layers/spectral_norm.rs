//! Spectral normalisation (Miyato et al. 2018, "Spectral Normalization for Generative Adversarial
//! Networks"): weights divided by their largest singular value.

use burn::module::{Module, Param, ParamId};
use burn::tensor::Tensor;

/// Iterations before the first update, as in PyTorch.
const FIRST_ITERATIONS: usize = 15;

/// The singular vectors of one layer's weight as far as power iteration has come (the paper's
/// Algorithm 1): one iteration an update, from where the last one ended. They are kept in checkpoints.
///
/// σ = vᵀWu for `[inputs, outputs]`, where u and v are constants to autodiff, as in the paper.
#[derive(Module, Debug)]
pub struct SpectralNorm {
    /// `[outputs, 1]`.
    pub u: Param<Tensor<2>>,
    /// `[inputs, 1]`.
    pub v: Param<Tensor<2>>,
}

impl SpectralNorm {
    /// Begins at `u`, `[outputs, 1]`, which may be any random vector, with a few iterations on `weight`,
    /// `[inputs, outputs]`.
    pub fn beginning_at(u: Tensor<2>, weight: Tensor<2>) -> Self {
        let (u, weight) = (unit(constant(u)), constant(weight));
        let v = unit(weight.clone().matmul(u.clone()));
        let [u, v] = [u, v].map(|vector| Param::initialized(ParamId::new(), vector));
        let mut norm = Self { u, v };
        for _ in 0..FIRST_ITERATIONS {
            norm.iterate(weight.clone());
        }
        norm
    }

    /// One power iteration on `weight`: v ← Wu / ‖Wu‖, u ← Wᵀv / ‖Wᵀv‖.
    pub fn iterate(&mut self, weight: Tensor<2>) {
        let weight = constant(weight);
        let v = unit(weight.clone().matmul(self.u.val()));
        let u = unit(weight.transpose().matmul(v.clone()));
        self.u = self.u.clone().map(|_| u);
        self.v = self.v.clone().map(|_| v);
    }

    /// W / σ (the paper's equation 8).
    pub fn apply(&self, weight: Tensor<2>) -> Tensor<2> {
        let sigma = self.v.val().transpose().matmul(weight.clone()).matmul(self.u.val());
        // A weight of zeros stays one.
        weight / (sigma + 1e-12)
    }
}

/// Out of autodiff's sight; detaching alone leaves a parameter one.
fn constant(tensor: Tensor<2>) -> Tensor<2> {
    tensor.detach().set_require_grad(false)
}

fn unit(vector: Tensor<2>) -> Tensor<2> {
    let norm = vector.clone().square().sum().sqrt().add_scalar(1e-12).reshape([1, 1]);
    vector / norm
}
