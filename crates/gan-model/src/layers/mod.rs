//! Layers whose gradient in their input is ordinary tensor operations.
//!
//! Burn differentiates once. A penalty on a discriminator's input gradient needs the gradient's own
//! gradient, so the first derivative is written out here: every layer has a `forward`, and an
//! `input_gradient` that takes the gradient of some sum in the layer's output to the one in its
//! input. Both are tracked, so that one `backward()` trains through them. All these layers are
//! linear or piecewise linear, which makes it exact. A [`Chain`] of them is a discriminator with both.

mod centre;
mod chain;
mod convolution;
mod leaky_relu;
mod linear;
mod minibatch_std;
mod pointwise;
mod resample;
mod spectral_norm;

pub(crate) use centre::{centre, centre_input_gradient, channels_first, channels_last};
pub use chain::{Chain, DiscriminatorChain};
pub use convolution::{Convolution, TransposedConvolution};
pub use gan_kernels::Activation;
pub use leaky_relu::leaky_relu_slopes;
pub use linear::linear_input_gradient;
pub use minibatch_std::{MinibatchStd, mean_std};
pub use pointwise::Pointwise;
pub use resample::{Resampling, resample};
pub use spectral_norm::SpectralNorm;
