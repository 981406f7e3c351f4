//! What a run trains: the types of its two networks' descriptions and of its loss.

use std::fmt::Debug;

use gan_model::{DiscriminatorConfig, DiscriminatorSpec, GeneratorConfig, GeneratorSpec};

use crate::loss::{AdversarialLoss, Loss};

/// What a run trains: two networks and a loss, `(generator, discriminator, loss)` by the types that
/// describe them.
pub trait Model: Clone + Debug + PartialEq + 'static {
    /// Describes the generator.
    type Generator: GeneratorSpec;
    /// Describes the discriminator.
    type Discriminator: DiscriminatorSpec;
    /// What the two minimise.
    type Loss: AdversarialLoss;
}

impl<G: GeneratorSpec, D: DiscriminatorSpec, L: AdversarialLoss> Model for (G, D, L) {
    type Generator = G;
    type Discriminator = D;
    type Loss = L;
}

/// The library's own networks and losses.
pub type BuiltIn = (GeneratorConfig, DiscriminatorConfig, Loss);

/// The generator that a model describes.
pub type GeneratorOf<M> = <<M as Model>::Generator as GeneratorSpec>::Network;
/// The discriminator that a model describes.
pub type DiscriminatorOf<M> = <<M as Model>::Discriminator as DiscriminatorSpec>::Network;
