//! Flags for the two networks and for what updates them.

use clap::Args;
use gan_model::{
    Activation, ConfigError, DcganGeneratorConfig, DiscriminatorConfig, GeneratorConfig,
    LatentDistribution, Normalisation, Output, ResidualGeneratorConfig,
};
use gan_training::{Schedule, TrainingConfig};

use crate::flag_values::{by_name, put};

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

    /// What follows the generator's last layer: sigmoid, or linear for data that are no images
    #[arg(long, value_name = "NAME", value_parser = by_name::<Output>)]
    output: Option<Output>,
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
        let latents = match &mut training.generator {
            GeneratorConfig::Mlp(generator) => {
                put(&mut generator.hidden, self.hidden_g.clone().or_else(|| self.hidden.clone()));
                put(&mut generator.activation, self.activation_g.or(self.activation));
                put(&mut generator.output, self.output);
                &mut generator.latents
            }
            GeneratorConfig::Dcgan(DcganGeneratorConfig { latents, .. })
            | GeneratorConfig::Residual(ResidualGeneratorConfig { latents, .. }) => {
                self.refuse_mlp()?;
                latents
            }
        };
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
                discriminator.minibatch_deviation |= self.minibatch_stddev;
            }
            DiscriminatorConfig::Residual(_) if self.minibatch_stddev => {
                let rule = "residual networks have no such choice";
                return Err(ConfigError::new("--minibatch-stddev", true, rule));
            }
            DiscriminatorConfig::Residual(_) => {}
        }
        Ok(())
    }

    /// Flags of fully connected networks are wrong for the others.
    fn refuse_mlp(&self) -> Result<(), ConfigError> {
        let rule = "only fully connected networks have that choice";
        let hidden = [&self.hidden, &self.hidden_g, &self.hidden_d];
        if let Some(hidden) = hidden.into_iter().flatten().next() {
            return Err(ConfigError::new("--hidden", hidden, rule));
        }
        let activations = [self.activation, self.activation_g, self.activation_d];
        if let Some(activation) = activations.into_iter().flatten().next() {
            return Err(ConfigError::new("--activation", activation, rule));
        }
        if let Some(normalisation) = self.normalisation {
            return Err(ConfigError::new("--normalisation", normalisation, rule));
        }
        match self.output {
            Some(output) => Err(ConfigError::new("--output", output, rule)),
            None => Ok(()),
        }
    }
}
