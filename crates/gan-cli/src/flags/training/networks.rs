//! Flags of the two networks.

use std::fmt::Debug;

use clap::Args;
use gan_model::{
    Activation, ConfigError, DiscriminatorConfig, GeneratorConfig, LatentDistribution, Output,
    ResidualStages,
};
use gan_training::TrainingConfig;

use crate::flags::values::put;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Networks")]
pub struct NetworkFlags {
    /// Dimensions of the latent
    #[arg(long, value_name = "N")]
    latent_dim: Option<usize>,

    /// Distribution of latents
    #[arg(long, value_enum, value_name = "NAME")]
    latents: Option<LatentDistribution>,

    /// Activation after the generator's last layer
    #[arg(long, value_enum, value_name = "NAME")]
    output: Option<Output>,

    /// Show the discriminator how much the images of a batch differ (minibatch standard deviation);
    /// not with gradient penalties
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    minibatch_std: Option<bool>,

    /// Fully connected networks: widths of the hidden layers, such as 512,512
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    hidden: Option<Vec<usize>>,
    /// Widths of the hidden layers of the generator alone
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    hidden_g: Option<Vec<usize>>,
    /// Widths of the hidden layers of the discriminator alone
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    hidden_d: Option<Vec<usize>>,

    /// Fully connected networks: activation of the hidden layers
    #[arg(long, value_enum, value_name = "NAME")]
    activation: Option<Activation>,
    /// Activation of the generator alone
    #[arg(long, value_enum, value_name = "NAME")]
    activation_g: Option<Activation>,
    /// Activation of the discriminator alone
    #[arg(long, value_enum, value_name = "NAME")]
    activation_d: Option<Activation>,

    /// Fully connected networks: divide the discriminator's weights by their largest singular value
    /// (spectral normalisation)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    spectral_norm: Option<bool>,

    /// DCGAN: channels at half the image's size; each halving doubles them
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// Channels of the generator alone
    #[arg(long, value_name = "N")]
    width_g: Option<usize>,
    /// Channels of the discriminator alone
    #[arg(long, value_name = "N")]
    width_d: Option<usize>,

    /// DCGAN: widths of fully connected layers at the smallest feature maps, such as 256,256; 0 for
    /// none
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    dense: Option<Vec<usize>>,
    /// Widths of the fully connected layers of the generator alone
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    dense_g: Option<Vec<usize>>,
    /// Widths of the fully connected layers of the discriminator alone
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    dense_d: Option<Vec<usize>>,

    /// Residual networks: channels of the stages, from the smallest feature maps to the largest
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    widths: Option<Vec<usize>>,

    /// Residual networks: blocks in each stage
    #[arg(long, value_name = "N")]
    blocks: Option<usize>,

    /// Residual networks: how many times wider a block is inside
    #[arg(long, value_name = "N")]
    expansion: Option<usize>,

    /// Residual networks: channels in a group of the 3 × 3 convolutions
    #[arg(long, value_name = "N")]
    group_width: Option<usize>,

    /// Residual networks: side of the square of pixels that each place of the largest feature maps
    /// stands for
    #[arg(long, value_name = "N")]
    patch: Option<usize>,
}

impl NetworkFlags {
    /// Puts what the flags say over what is there.
    ///
    /// # Errors
    /// If a flag belongs to networks of another kind.
    pub fn apply(&self, training: &mut TrainingConfig) -> Result<(), ConfigError> {
        let (latents, output) = match &mut training.generator {
            GeneratorConfig::Mlp(generator) => {
                self.refuse_others(MLP)?;
                put(&mut generator.hidden, self.hidden_g.clone().or_else(|| self.hidden.clone()));
                put(&mut generator.activation, self.activation_g.or(self.activation));
                (&mut generator.latents, &mut generator.output)
            }
            GeneratorConfig::Dcgan(generator) => {
                self.refuse_others(DCGAN)?;
                put(&mut generator.width, self.width_g.or(self.width));
                put(
                    &mut generator.dense,
                    self.dense_g.as_ref().or(self.dense.as_ref()).map(or_none),
                );
                (&mut generator.latents, &mut generator.output)
            }
            GeneratorConfig::Residual(generator) => {
                self.refuse_others(RESIDUAL)?;
                self.apply_to(&mut generator.stages);
                (&mut generator.latents, &mut generator.output)
            }
        };
        put(output, self.output);
        put(&mut latents.dim, self.latent_dim);
        put(&mut latents.distribution, self.latents);
        match &mut training.discriminator {
            DiscriminatorConfig::Mlp(discriminator) => {
                let hidden = self.hidden_d.clone().or_else(|| self.hidden.clone());
                put(&mut discriminator.hidden, hidden);
                put(&mut discriminator.spectral_norm, self.spectral_norm);
                put(&mut discriminator.activation, self.activation_d.or(self.activation));
                put(&mut discriminator.minibatch_std, self.minibatch_std);
            }
            DiscriminatorConfig::Dcgan(discriminator) => {
                put(&mut discriminator.width, self.width_d.or(self.width));
                put(
                    &mut discriminator.dense,
                    self.dense_d.as_ref().or(self.dense.as_ref()).map(or_none),
                );
                put(&mut discriminator.minibatch_std, self.minibatch_std);
            }
            DiscriminatorConfig::Residual(_) if self.minibatch_std == Some(true) => {
                let rule = "residual networks have no such choice";
                return Err(ConfigError::new("--minibatch-std", true, rule));
            }
            DiscriminatorConfig::Residual(discriminator) => {
                self.apply_to(&mut discriminator.stages);
            }
        }
        Ok(())
    }

    fn apply_to(&self, stages: &mut ResidualStages) {
        put(&mut stages.widths, self.widths.clone());
        put(&mut stages.blocks, self.blocks);
        put(&mut stages.expansion, self.expansion);
        put(&mut stages.group_width, self.group_width);
        put(&mut stages.patch, self.patch);
    }

    /// Flags of networks of another kind than `kind` are wrong.
    fn refuse_others(&self, kind: &str) -> Result<(), ConfigError> {
        let flags: [(&str, &str, Option<&dyn Debug>); 18] = [
            (MLP, "--hidden", given(&self.hidden)),
            (MLP, "--hidden-g", given(&self.hidden_g)),
            (MLP, "--hidden-d", given(&self.hidden_d)),
            (MLP, "--activation", given(&self.activation)),
            (MLP, "--activation-g", given(&self.activation_g)),
            (MLP, "--activation-d", given(&self.activation_d)),
            (MLP, "--spectral-norm", given(&self.spectral_norm)),
            (DCGAN, "--width", given(&self.width)),
            (DCGAN, "--width-g", given(&self.width_g)),
            (DCGAN, "--width-d", given(&self.width_d)),
            (DCGAN, "--dense", given(&self.dense)),
            (DCGAN, "--dense-g", given(&self.dense_g)),
            (DCGAN, "--dense-d", given(&self.dense_d)),
            (RESIDUAL, "--widths", given(&self.widths)),
            (RESIDUAL, "--blocks", given(&self.blocks)),
            (RESIDUAL, "--expansion", given(&self.expansion)),
            (RESIDUAL, "--group-width", given(&self.group_width)),
            (RESIDUAL, "--patch", given(&self.patch)),
        ];
        for (of, flag, value) in flags {
            if let Some(value) = value.filter(|_| of != kind) {
                let rule = format!("only {of} networks have that choice");
                return Err(ConfigError::new(flag, value, rule));
            }
        }
        Ok(())
    }
}

const MLP: &str = "fully connected";
const DCGAN: &str = "DCGAN";
const RESIDUAL: &str = "residual";

/// A single layer of width 0 is none.
fn or_none(widths: &Vec<usize>) -> Vec<usize> {
    if widths == &[0] { Vec::new() } else { widths.clone() }
}

fn given<T: Debug>(flag: &Option<T>) -> Option<&dyn Debug> {
    flag.as_ref().map(|value| value as &dyn Debug)
}
