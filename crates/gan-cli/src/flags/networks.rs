//! Flags for the two networks and for what updates them.

use std::fmt::Debug;

use clap::Args;
use gan_model::{
    Activation, ConfigError, DiscriminatorConfig, GeneratorConfig, LatentDistribution,
    Normalisation, Output, ResidualStages,
};
use gan_training::{Schedule, TrainingConfig};

use crate::flags::names::{by_name, put};

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Optimizers (Adam; -g and -d for one network alone)")]
pub struct OptimizerFlags {
    /// Step size; a number, or FROM:TO:IMAGES
    #[arg(long, value_name = "RATE")]
    learning_rate: Option<Schedule>,
    #[arg(long, value_name = "RATE")]
    learning_rate_g: Option<Schedule>,
    #[arg(long, value_name = "RATE")]
    learning_rate_d: Option<Schedule>,

    /// Decay of the mean of gradients
    #[arg(long = "beta-1", value_name = "BETA")]
    beta_1: Option<f64>,
    #[arg(long = "beta-1-g", value_name = "BETA")]
    beta_1_g: Option<f64>,
    #[arg(long = "beta-1-d", value_name = "BETA")]
    beta_1_d: Option<f64>,

    /// Decay of the mean of squared gradients; a number, or FROM:TO:IMAGES
    #[arg(long = "beta-2", value_name = "BETA")]
    beta_2: Option<Schedule>,
    #[arg(long = "beta-2-g", value_name = "BETA")]
    beta_2_g: Option<Schedule>,
    #[arg(long = "beta-2-d", value_name = "BETA")]
    beta_2_d: Option<Schedule>,

    /// Added to the root of the mean of squared gradients
    #[arg(long, value_name = "EPSILON")]
    epsilon: Option<f64>,
    #[arg(long, value_name = "EPSILON")]
    epsilon_g: Option<f64>,
    #[arg(long, value_name = "EPSILON")]
    epsilon_d: Option<f64>,
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Networks (-g and -d for one of them alone)")]
pub struct NetworkFlags {
    /// Coordinates of a latent
    #[arg(long, value_name = "N")]
    latent_dim: Option<usize>,

    /// Distribution of latents: uniform or normal
    #[arg(long, value_name = "NAME", value_parser = by_name::<LatentDistribution>)]
    latents: Option<LatentDistribution>,

    /// Widths of the hidden layers, such as 512,512
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    hidden: Option<Vec<usize>>,
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    hidden_g: Option<Vec<usize>>,
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    hidden_d: Option<Vec<usize>>,

    /// What follows a hidden layer: relu or leaky-relu
    #[arg(long, value_name = "NAME", value_parser = by_name::<Activation>)]
    activation: Option<Activation>,
    #[arg(long, value_name = "NAME", value_parser = by_name::<Activation>)]
    activation_g: Option<Activation>,
    #[arg(long, value_name = "NAME", value_parser = by_name::<Activation>)]
    activation_d: Option<Activation>,

    /// What is done to the discriminator's weights: none or spectral
    #[arg(long, value_name = "NAME", value_parser = by_name::<Normalisation>)]
    normalisation: Option<Normalisation>,

    /// Show the discriminator how much the images of a batch differ; not with gradient penalties
    #[arg(long)]
    minibatch_stddev: bool,

    /// What follows the generator's last layer: sigmoid, hard-sigmoid (which reaches black and
    /// white), or linear for data that are no images
    #[arg(long, value_name = "NAME", value_parser = by_name::<Output>)]
    output: Option<Output>,

    /// Channels of a DCGAN at half the image's size; each halving has twice as many
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    #[arg(long, value_name = "N")]
    width_g: Option<usize>,
    #[arg(long, value_name = "N")]
    width_d: Option<usize>,

    /// Widths of fully connected layers at a DCGAN's smallest feature maps, such as 256,256; 0 for none
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    dense: Option<Vec<usize>>,
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    dense_g: Option<Vec<usize>>,
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    dense_d: Option<Vec<usize>>,

    /// Channels of a residual network's stages, from the smallest feature maps to the largest
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    widths: Option<Vec<usize>>,

    /// Blocks in each stage of a residual network
    #[arg(long, value_name = "N")]
    blocks: Option<usize>,

    /// How many times wider a residual block is inside
    #[arg(long, value_name = "N")]
    expansion: Option<usize>,

    /// Channels that a residual block's 3 × 3 convolutions see at once
    #[arg(long, value_name = "N")]
    group_width: Option<usize>,

    /// Side of the square of pixels at each place of a residual network's largest feature maps
    #[arg(long, value_name = "N")]
    patch: Option<usize>,
}

impl OptimizerFlags {
    /// Puts what the flags say over what is there.
    pub fn apply(&self, training: &mut TrainingConfig) {
        let Self { learning_rate, beta_1, beta_2, epsilon, .. } = *self;
        for adam in [&mut training.generator_adam, &mut training.discriminator_adam] {
            put(&mut adam.learning_rate, learning_rate);
            put(&mut adam.beta_1, beta_1);
            put(&mut adam.beta_2, beta_2);
            put(&mut adam.epsilon, epsilon);
        }
        let adam = &mut training.generator_adam;
        put(&mut adam.learning_rate, self.learning_rate_g);
        put(&mut adam.beta_1, self.beta_1_g);
        put(&mut adam.beta_2, self.beta_2_g);
        put(&mut adam.epsilon, self.epsilon_g);
        let adam = &mut training.discriminator_adam;
        put(&mut adam.learning_rate, self.learning_rate_d);
        put(&mut adam.beta_1, self.beta_1_d);
        put(&mut adam.beta_2, self.beta_2_d);
        put(&mut adam.epsilon, self.epsilon_d);
    }
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
                put(&mut discriminator.normalisation, self.normalisation);
                put(&mut discriminator.activation, self.activation_d.or(self.activation));
                discriminator.minibatch_deviation |= self.minibatch_stddev;
            }
            DiscriminatorConfig::Dcgan(discriminator) => {
                put(&mut discriminator.width, self.width_d.or(self.width));
                put(
                    &mut discriminator.dense,
                    self.dense_d.as_ref().or(self.dense.as_ref()).map(or_none),
                );
                discriminator.minibatch_deviation |= self.minibatch_stddev;
            }
            DiscriminatorConfig::Residual(_) if self.minibatch_stddev => {
                let rule = "residual networks have no such choice";
                return Err(ConfigError::new("--minibatch-stddev", true, rule));
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
            (MLP, "--normalisation", given(&self.normalisation)),
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
