//! What a generator and a discriminator are.

use std::sync::Arc;

use burn::tensor::Tensor;
use gan_collective::Collective;

/// A network that turns latents into images. Implement it for a network of your own.
///
/// A run is repeated to the bit if the network draws no random numbers itself: Burn's dropout takes them from
/// a generator of the whole process.
pub trait Generate {
    /// Latents `[batch, latent_dim]` to images `[batch, channels, height, width]` in `[0, 1]`.
    ///
    /// `labels` are one-hot, `[batch, classes]`, for a class-conditional network.
    fn generate(&self, latents: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<4>;

    /// From now on, what it takes of a whole batch, such as the statistics of batch norm, it takes of the
    /// batch that all `ranks` share. Nothing, which is also the default, for a network in which each image
    /// depends on its own latent alone.
    fn share_statistics(&mut self, ranks: &Arc<dyn Collective>) {
        let _ = ranks;
    }
}

/// A network that tells real images from generated ones. Implement it for a network of your own, which draws
/// no random numbers itself, as of [`Generate`].
pub trait Discriminate {
    /// Images `[batch, channels, height, width]` to logits `[batch, 1]`: D(x) = σ(logit).
    ///
    /// `labels` are one-hot, `[batch, classes]`, for a class-conditional network.
    fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2>;

    /// Called before each update of the network: what goes on from update to update, such as the power
    /// iteration of spectral normalisation, takes a step.
    fn begin_update(&mut self) {}

    /// Logits, and the gradient of their sum in the images, both tracked: what exact gradient
    /// penalties are made of. `None`, which is also the default, for a network that does not offer
    /// it; gradient penalties are then refused.
    ///
    /// Autodiff here is first order: the gradient that it gives is a constant, and a penalty on it
    /// would train nothing. So the network writes its input gradient down as ordinary tensor
    /// operations, which autodiff follows: linear → product with the transposed weight, convolution
    /// → transposed convolution, ReLU → product with its mask. That is exact where every activation
    /// is piecewise linear.
    ///
    /// Row `i` of the gradient is ∇ₓD at image `i`, which takes a logit that depends on its own image
    /// alone. A network in which it depends on others of the batch (batch normalisation, minibatch
    /// standard std) has no such gradient and gives `None`.
    fn input_gradient(
        &self,
        images: Tensor<4>,
        labels: Option<Tensor<2>>,
    ) -> Option<InputGradient> {
        let _ = (images, labels);
        None
    }
}

/// What [`Discriminate::input_gradient`] gives.
#[derive(Clone, Debug)]
pub struct InputGradient {
    /// The discriminator's logits, `[batch, 1]`.
    pub logits: Tensor<2>,
    /// ∇ₓD for each image, `[batch, channels, height, width]`.
    pub gradient: Tensor<4>,
}
