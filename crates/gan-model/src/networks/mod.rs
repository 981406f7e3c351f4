//! Networks: what a generator and a discriminator are, and those that a file can name.
//!
//! A further network takes its own files here and one row of the table in `by_name.rs`.

mod by_name;
mod dcgan;
mod display;
mod mlp;
mod output;
mod residual;
mod spec;
mod traits;

pub use by_name::{Discriminator, DiscriminatorConfig, Generator, GeneratorConfig, MAX_PARAMETERS};
pub use dcgan::{
    DcganDiscriminator, DcganDiscriminatorConfig, DcganGenerator, DcganGeneratorConfig,
};
pub use mlp::{
    Activation, MlpDiscriminator, MlpDiscriminatorConfig, MlpGenerator, MlpGeneratorConfig,
};
pub use output::Output;
pub use residual::{
    ResidualDiscriminator, ResidualDiscriminatorConfig, ResidualGenerator, ResidualGeneratorConfig,
    ResidualStages,
};
pub use spec::{DiscriminatorSpec, GeneratorSpec};
pub use traits::{Discriminate, Generate, InputGradient};
